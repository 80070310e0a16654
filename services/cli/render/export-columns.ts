import { z } from 'zod'

/** What a column holds of one incident or change, as the API answers it. */
export interface ExportColumn {
  readonly name: string
  readonly read: (item: Readonly<Record<string, unknown>>) => unknown
}

const field = (name: string): ExportColumn => ({ name, read: (item) => item[name] })

const suspected = z.object({
  suspects: z.array(
    z.object({ change_id: z.string(), probability: z.number(), change: z.object({ title: z.string().optional() }) }),
  ),
})
const firstSuspect = (item: unknown) => suspected.safeParse(item).data?.suspects[0]
const advised = z.object({ recommendation: z.object({ action: z.string(), command: z.string().nullish() }) })
const advice = (item: unknown) => advised.safeParse(item).data?.recommendation
const judged = z.object({ outcome: z.object({ verdict: z.string(), incident_id: z.string().nullable() }) })
const outcome = (item: unknown) => judged.safeParse(item).data?.outcome

export const INCIDENT_COLUMNS: readonly ExportColumn[] = [
  ...['id', 'env', 'service', 'signal', 'state', 'severity', 'started_at', 'detected_at', 'notified_at'].map(field),
  ...['acknowledged_at', 'acknowledged_by', 'resolved_at', 'baseline_rate', 'observed_rate'].map(field),
  ...['requests', 'errors', 'excess_errors', 'cause'].map(field),
  { name: 'suspect_id', read: (item) => firstSuspect(item)?.change_id },
  { name: 'suspect_title', read: (item) => firstSuspect(item)?.change.title },
  { name: 'suspect_probability', read: (item) => firstSuspect(item)?.probability },
  { name: 'action', read: (item) => advice(item)?.action },
  { name: 'command', read: (item) => advice(item)?.command },
  field('merged_into'),
]

export const CHANGE_COLUMNS: readonly ExportColumn[] = [
  ...['id', 'ts', 'finished_at', 'kind', 'service', 'env', 'version', 'previous_version', 'status'].map(field),
  ...['title', 'author', 'url', 'commit', 'repo', 'pull_request', 'source', 'scope', 'reversible'].map(field),
  { name: 'verdict', read: (item) => outcome(item)?.verdict },
  { name: 'incident_id', read: (item) => outcome(item)?.incident_id },
]
