import { DEFAULT_ENV_ALIASES, type EnvAliases } from '../../../shared/domain/env-aliases.ts'

/** What a person may say of one service that logs can't show. */
export interface ServiceSettings {
  /** Names of the services that it calls. */
  readonly calls: readonly string[]
  /** How it is rolled back: a command with `{service}`, `{version}`, `{env}`, `{id}`, `{commit}` to be filled. */
  readonly rollback?: string
}

export interface CorrelatorSettings {
  /** How far back before an onset a change can be the cause. */
  readonly lookbackMs: number
  /** From this probability on a suspect is blamed, 0–1. */
  readonly blameAt: number
  readonly envAliases: EnvAliases
  readonly services: Readonly<Record<string, ServiceSettings>>
}

export const DEFAULT_SETTINGS: CorrelatorSettings = {
  lookbackMs: 2 * 3_600_000,
  blameAt: 0.5,
  envAliases: DEFAULT_ENV_ALIASES,
  services: {},
}

/** The settings of one service; a name from a log is never looked up on the prototype. */
export function settingsOf(settings: CorrelatorSettings, service: string): ServiceSettings {
  const own = Object.hasOwn(settings.services, service) ? settings.services[service] : undefined
  return own ?? { calls: [] }
}
