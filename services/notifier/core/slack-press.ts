import { z } from 'zod'
import type { Command } from '../../../shared/domain/command.ts'
import { stableHash } from '../../../shared/domain/stable-hash.ts'
import { SLACK_ACTIONS, type SlackAction } from './slack-blocks.ts'

/** A button that somebody pressed. */
export interface SlackPress {
  /** The same press again has the same id. */
  readonly id: string
  readonly action: SlackAction
  readonly incidentId: string
  readonly suspectId: string | null
  /** The name that the team knows them by. */
  readonly by: string
}

const NAME_LENGTH_MAX = 200
const MUTE_MS = 3_600_000

const valueSchema = z.object({
  incident: z.string().min(1).max(NAME_LENGTH_MAX),
  suspect: z.string().min(1).max(NAME_LENGTH_MAX).nullable(),
})
const payloadSchema = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string().max(50), username: z.string().optional(), name: z.string().optional() }),
  actions: z
    .array(z.object({ action_id: z.string(), action_ts: z.string().max(50), value: z.string().max(2_000).optional() }))
    .min(1),
})

/** The press that a verified payload tells of; undefined for what is none of ours, such as a button that only opens a page. */
export function readPress(payload: unknown): SlackPress | undefined {
  const parsed = payloadSchema.safeParse(payload)
  const [pressed] = parsed.data?.actions ?? []
  const action = SLACK_ACTIONS.find((known) => known === pressed?.action_id)
  if (parsed.data === undefined || pressed === undefined || action === undefined) return undefined
  const value = valueSchema.safeParse(parseJson(pressed.value ?? ''))
  if (!value.success) return undefined
  const { user } = parsed.data
  const by = (user.username ?? user.name ?? user.id).slice(0, NAME_LENGTH_MAX)
  return {
    id: `slack_${stableHash([user.id, action, pressed.action_ts, value.data.incident].join('\n'))}`,
    action,
    incidentId: value.data.incident,
    suspectId: value.data.suspect,
    by: by === '' ? user.id : by,
  }
}

/** What somebody asks for by pressing a button; undefined for what no button of ours asks. */
export function toCommand({ id, action, incidentId, suspectId, by }: SlackPress, nowMs: number): Command | undefined {
  const at = new Date(nowMs).toISOString()
  const given = { id, at, author: by, note: null, incident_id: incidentId }
  switch (action) {
    case 'acknowledge':
      return { ...given, kind: 'acknowledge' }
    case 'mute':
      return {
        ...given,
        kind: 'silence',
        env: null,
        service: null,
        starts_at: at,
        ends_at: new Date(nowMs + MUTE_MS).toISOString(),
      }
    case 'roll_back':
      return suspectId === null ? undefined : { ...given, kind: 'roll_back', change_id: suspectId }
    case 'right_suspect':
      return { ...given, kind: 'feedback', verdict: 'right', suspect_id: suspectId, change_id: null }
    case 'wrong_suspect':
      return { ...given, kind: 'feedback', verdict: 'wrong', suspect_id: suspectId, change_id: null }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
