import type { Command } from '../../../shared/domain/command.ts'
import { type EnvAliases, normalizeEnv } from '../../../shared/domain/env-aliases.ts'
import type { Incident } from '../../../shared/domain/incident.ts'

/** Nothing new is said of what it covers until it ends. Times are epoch milliseconds; null matches whatever. */
export interface Silence {
  readonly id: string
  readonly author: string | null
  readonly note: string | null
  readonly env: string | null
  readonly service: string | null
  readonly incidentId: string | null
  readonly startsAtMs: number
  readonly endsAtMs: number
}

/** The silence that covers an incident now and lasts longest; undefined when it may be spoken of. */
export function findSilence(
  silences: readonly Silence[],
  incident: Pick<Incident, 'id' | 'env' | 'service'>,
  nowMs: number,
): Silence | undefined {
  return silences
    .filter((silence) => silence.startsAtMs <= nowMs && nowMs < silence.endsAtMs && covers(silence, incident))
    .toSorted((a, b) => b.endsAtMs - a.endsAtMs)[0]
}

/** Whether a silence is about an incident, whenever it lasts. */
export function covers(silence: Silence, incident: Pick<Incident, 'id' | 'env' | 'service'>): boolean {
  return (
    matches(silence.incidentId, incident.id) &&
    matches(silence.env, incident.env) &&
    matches(silence.service, incident.service)
  )
}

function matches(wanted: string | null, actual: string): boolean {
  return wanted === null || wanted === actual
}

/** A silence with its environment under the name that incidents have. */
export function withKnownEnv(silence: Silence, envAliases: EnvAliases): Silence {
  return silence.env === null ? silence : { ...silence, env: normalizeEnv(silence.env, envAliases) }
}

/** The silences that commands make or end, in their order. What ends one that nobody knows says nothing. */
export function applyCommands(known: ReadonlyMap<string, Silence>, commands: readonly Command[]): Silence[] {
  const moved = new Map<string, Silence>()
  for (const command of commands) {
    if (command.kind === 'silence' && !known.has(command.id)) moved.set(command.id, toSilence(command))
    if (command.kind !== 'unsilence') continue
    const silence = moved.get(command.silence_id) ?? known.get(command.silence_id)
    const endsAtMs = Date.parse(command.at)
    if (silence !== undefined && endsAtMs < silence.endsAtMs) moved.set(silence.id, { ...silence, endsAtMs })
  }
  return [...moved.values()]
}

function toSilence(command: Command & { kind: 'silence' }): Silence {
  return {
    id: command.id,
    author: command.author,
    note: command.note,
    env: command.env,
    service: command.service,
    incidentId: command.incident_id,
    startsAtMs: Date.parse(command.starts_at),
    endsAtMs: Date.parse(command.ends_at),
  }
}
