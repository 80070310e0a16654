import { z } from 'zod'
import type { Change } from '../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { type Feedback, feedbackSchema } from '../../../shared/domain/command.ts'
import type { EnvAliases } from '../../../shared/domain/env-aliases.ts'
import { type IncidentDocument, incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { spikeSchema } from '../../../shared/domain/spike-wire.ts'
import type { Store } from '../../../shared/store/store.ts'
import { DELETED } from './write-findings.ts'

/** What an earlier run found, newest word on each; only what is still open or moved since `sinceMs`. */
export async function readFindings(
  store: Pick<Store, 'query'>,
  { sinceMs, changesSinceMs, envAliases, blameAt }: FindingsRequest,
): Promise<{
  spikes: Spike[]
  changes: readonly Change[]
  deletedChangeIds: string[]
  feedback: Feedback[]
  incidents: IncidentDocument[]
  blamedBefore: string[]
}> {
  const since = { since: Math.floor(sinceMs) }
  const recent = "updated_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')"
  const spikes = await store.query(
    documentOf(spikeSchema),
    `SELECT document FROM spikes FINAL WHERE ${recent} ORDER BY detected_at LIMIT ${FINDINGS_MAX}`,
    since,
  )
  const incidents = await store.query(
    documentOf(incidentDocumentSchema),
    `SELECT document FROM incidents FINAL WHERE ${recent} OR resolved_at IS NULL ORDER BY started_at LIMIT ${FINDINGS_MAX}`,
    since,
  )
  const changesSince = { since: Math.floor(changesSinceMs), deleted: DELETED }
  const inTime = "ts >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')"
  const reports = await store.query(
    documentOf(changeReportSchema),
    `SELECT document FROM changes FINAL WHERE ${inTime} AND status != {deleted:String} ORDER BY ts LIMIT ${FINDINGS_MAX}`,
    changesSince,
  )
  const deleted = await store.query(
    z.object({ id: z.string() }),
    `SELECT id FROM changes FINAL WHERE ${inTime} AND status = {deleted:String} ORDER BY ts LIMIT ${FINDINGS_MAX}`,
    changesSince,
  )
  const deletedChangeIds = deleted.map(({ id }) => id)
  const feedback = await store.query(
    documentOf(feedbackSchema),
    `SELECT document FROM feedback FINAL ORDER BY updated_at DESC LIMIT ${FINDINGS_MAX}`,
  )
  const blamed = await store.query(
    z.object({ id: z.string() }),
    `SELECT DISTINCT JSONExtractString(arrayJoin(JSONExtractArrayRaw(document, 'suspects')) AS suspect, 'change_id') AS id
     FROM incidents FINAL
     WHERE resolved_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
       AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
       AND JSONExtractFloat(suspect, 'probability') >= {blameAt:Float64} LIMIT ${FINDINGS_MAX}`,
    { since: Math.floor(changesSinceMs), until: Math.floor(sinceMs), blameAt },
  )
  const blamedBefore = blamed.map(({ id }) => id)
  return {
    spikes,
    changes: mergeReports(reports, envAliases),
    deletedChangeIds,
    feedback,
    incidents,
    blamedBefore,
  }
}

interface FindingsRequest {
  readonly sinceMs: number
  readonly changesSinceMs: number
  readonly envAliases: EnvAliases
  /** From this probability on a suspect of an earlier incident counts as blamed. */
  readonly blameAt: number
}

const FINDINGS_MAX = 50_000

function documentOf<Value>(schema: z.ZodType<Value>) {
  return z.object({ document: z.string() }).transform(({ document }) => schema.parse(JSON.parse(document)))
}
