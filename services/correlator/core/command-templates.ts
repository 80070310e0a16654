import type { Change } from '../../../shared/domain/change.ts'
import { findTool, REPOSITORY_LINES } from './rollback-tools.ts'
import { type CorrelatorSettings, settingsOf } from './settings.ts'

const COMMAND_LENGTH_MAX = 500
const VALUE_LENGTH_MAX = 200

/**
 * The line that undoes one change: its own, else the one configured for its service (a command, or the name of a tool), else
 * that of the tool that sent it. Null when none is known, or a value is missing or could do harm in a shell. `version` is
 * the one to go back to.
 */
export function rollbackCommand(
  change: Change,
  target: { readonly service: string; readonly version: string | undefined },
  settings: CorrelatorSettings,
): string | null {
  const own = change.rollback?.command
  if (own !== undefined) return isOneLine(own) ? own : null
  const values = {
    id: change.id,
    service: target.service,
    env: change.env,
    version: target.version,
    commit: change.commit,
    repo: change.repo,
    title: change.title,
  }
  const commands = linesFor(change, settingsOf(settings, target.service).rollback).map((line) =>
    fillTemplate(line, values),
  )
  return commands.find((command) => command !== null) ?? null
}

function linesFor({ kind, source = '' }: Change, configured: string | undefined): readonly string[] {
  if (kind === 'feature_flag') return findTool(source, 'flag') ?? []
  if (configured !== undefined) return findTool(configured, 'code') ?? [configured]
  const isCode = kind === 'deploy' || kind === 'dependency'
  const ofTool = isCode || (kind === 'infra' && findTool(source, 'code') === findTool('terraform', 'code'))
  const lines = ofTool ? (findTool(source, 'code') ?? []) : []
  return isCode || kind === 'config' || kind === 'infra' ? [...lines, ...REPOSITORY_LINES] : lines
}

/** Fills `{name}` with values quoted for a shell; null when one is missing or can't be quoted safely where it stands. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | undefined>>): string | null {
  let possible = true
  const command = template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    const quoted = value === undefined ? undefined : quoteForShell(value, template)
    if (quoted === undefined) possible = false
    return quoted ?? whole
  })
  return possible && isOneLine(command) ? command : null
}

function quoteForShell(value: string, template: string): string | undefined {
  if (value === '' || value.length > VALUE_LENGTH_MAX || value.startsWith('-') || !isOneLine(value)) return undefined
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(value)) return value
  // Inside quotes of the template our own quotes would end or escape them.
  if (/["'`$\\]/.test(template)) return undefined
  return `'${value.replaceAll("'", `'\\''`)}'`
}

function isOneLine(text: string): boolean {
  return text.length <= COMMAND_LENGTH_MAX && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)
}
