import { visibleText } from '../../../shared/faces/visible-text.ts'

/** Markup that is safe to put into a page as it is: only `html` makes it. */
export interface Html {
  readonly markup: string
}

export type HtmlPart = Html | string | number | readonly Html[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for quoted attribute values. Control and direction characters are spelt out. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** A template whose every inserted text is escaped, so that nothing can be forgotten; inserted `Html` stays as it is. */
export function html(template: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const inserted = parts.map(toMarkup)
  return { markup: template.map((text, index) => text + (inserted[index] ?? '')).join('') }
}

export const NOTHING: Html = { markup: '' }

function toMarkup(part: HtmlPart): string {
  if (typeof part === 'string') return escapeHtml(part)
  if (typeof part === 'number') return String(part)
  return 'markup' in part ? part.markup : part.map((each) => each.markup).join('')
}
