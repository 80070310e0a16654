import type { Change } from '../../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../../shared/domain/change-report.ts'
import { cleanText, cleanUrl } from '../../../../shared/domain/clean-text.ts'
import { type EnvAliases, normalizeEnv } from '../../../../shared/domain/env-aliases.ts'
import { mergeReports } from '../../../../shared/domain/merge-changes.ts'
import type { ToldChange } from './sender.ts'
import type { SenderSettings } from './sender-settings.ts'

export interface MapOptions {
  /** The sender's name: the changes' `source`, and the beginning of their ids. */
  readonly sender: string
  readonly settings: SenderSettings
  readonly envAliases: EnvAliases
  readonly receivedAtMs: number
  /** The sender's id of the delivery, where it has one. */
  readonly delivery?: string | undefined
}

export interface MappedChanges {
  readonly changes: readonly Change[]
  /** Why those that are none of ours are not among them. */
  readonly left: readonly string[]
}

/** What was told, in our names. Of one delivery, what is told of one object is one change. */
export function mapChanges(told: readonly ToldChange[], options: MapOptions): MappedChanges {
  const left: string[] = []
  const reports = told.flatMap((change) => {
    const service = serviceOf(change, options.settings)
    if (service === false) {
      left.push(`webhooks.${settingName(options.sender)}.services says that this is none of ours`)
      return []
    }
    const parsed = changeReportSchema.safeParse(toReport(change, service, options))
    if (parsed.success) return [parsed.data]
    left.push(`no change can be made of it: ${parsed.error.issues[0]?.path.join('.')}`)
    return []
  })
  return { changes: mergeReports(reports, options.envAliases), left }
}

/** The key of a sender in the configuration. */
export function settingName(sender: string): string {
  return sender.replaceAll('-', '_')
}

function toReport(change: ToldChange, service: string | undefined, options: MapOptions): Record<string, unknown> {
  const { sender, receivedAtMs } = options
  return {
    id: idOf(change, options),
    ts: new Date(change.startedAtMs ?? change.finishedAtMs ?? receivedAtMs).toISOString(),
    finished_at: change.finishedAtMs === undefined ? undefined : new Date(change.finishedAtMs).toISOString(),
    kind: change.kind,
    service,
    env: envOf(change, options),
    version: cleanText(change.version),
    previous_version: cleanText(change.previousVersion),
    status: change.status,
    title: change.title,
    author: cleanText(change.author),
    url: cleanUrl(change.url),
    commit: cleanText(change.commit),
    repo: cleanUrl(change.repo),
    pull_request: change.pullRequest,
    source: sender,
    scope: change.scope,
    reversible: change.reversible,
  }
}

function idOf({ object, isOneOfMany }: ToldChange, { sender, receivedAtMs, delivery }: MapOptions): string {
  return `${sender}:${object}${isOneOfMany === true ? `:${delivery ?? receivedAtMs}` : ''}`
}

/** Undefined: the whole platform. False: the settings say that it is nothing of ours. */
function serviceOf({ names }: ToldChange, { service: template, services }: SenderSettings): string | false | undefined {
  const own = template === undefined ? undefined : fill(template, names)
  const candidates = [own, ...Object.values(names)].filter((name) => name !== undefined)
  const mapped = candidates.find((name) => Object.hasOwn(services, name))
  return (mapped === undefined ? undefined : services[mapped]) ?? own ?? names['service']
}

function envOf({ names }: ToldChange, { settings, envAliases }: MapOptions): string | undefined {
  const own = settings.env === undefined ? undefined : fill(settings.env, names)
  const env = own ?? names['env']
  if (env === undefined) return undefined
  const mapped = Object.hasOwn(settings.envs, env) ? settings.envs[env] : undefined
  return normalizeEnv(mapped ?? env, envAliases)
}

/** Undefined when the payload lacks one of the names: half a name would be another service's. */
function fill(template: string, names: ToldChange['names']): string | undefined {
  let isWhole = true
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(names, name) ? names[name] : undefined
    if (value === undefined) isWhole = false
    return value ?? ''
  })
  return isWhole && filled !== '' ? filled : undefined
}
