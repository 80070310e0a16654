import { visibleText } from '../../../shared/faces/visible-text.ts'

/** What a spreadsheet would take for the beginning of a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@＝＋－＠]/

/**
 * One line of CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe before it, which keeps it
 * a text: names and titles are written by others.
 */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(toCell).join(',')}\r\n`
}

function toCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = visibleText(typeof value === 'string' ? value : JSON.stringify(value))
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
