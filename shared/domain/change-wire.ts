import { z } from 'zod'
import { CHANGE_KINDS, CHANGE_STATUSES, type Change } from './change.ts'

const text = z.string().optional()

/** A change as the public interface writes it. */
export const changeWireSchema = z.looseObject({
  id: z.string(),
  ts: z.string(),
  finished_at: text,
  kind: z.enum(CHANGE_KINDS),
  service: text.describe('Absent: the whole platform.'),
  env: z.string(),
  version: text,
  previous_version: text,
  status: z.enum(CHANGE_STATUSES),
  title: text,
  author: text,
  url: text,
  commit: text,
  repo: text,
  pull_request: text,
  source: text,
  scope: z.record(z.string(), z.unknown()).optional(),
  reversible: z.boolean(),
  rollback: z.object({ command: text, url: text }).optional(),
})

/** A change as the public interface writes it: snake_case, RFC 3339 UTC; what is not known is left out. */
export function changeToWire(change: Change): Record<string, unknown> {
  const wire = {
    id: change.id,
    ts: new Date(change.startedAtMs).toISOString(),
    finished_at: change.finishedAtMs === undefined ? undefined : new Date(change.finishedAtMs).toISOString(),
    kind: change.kind,
    service: change.service,
    env: change.env,
    version: change.version,
    previous_version: change.previousVersion,
    status: change.status,
    title: change.title,
    author: change.author,
    url: change.url,
    commit: change.commit,
    repo: change.repo,
    pull_request: change.pullRequest,
    source: change.source,
    scope: change.scope,
    reversible: change.reversible,
    rollback: change.rollback,
  }
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined))
}
