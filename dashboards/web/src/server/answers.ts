import { z } from 'zod'
import type { Change } from '../../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../../shared/domain/change-report.ts'
import type { IncidentCommand } from '../../../../shared/domain/command.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { incidentDocumentSchema } from '../../../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../../../shared/domain/merge-changes.ts'
import { readIncident } from '../../../../shared/domain/read-incident.ts'

/** What the server answers, read once where it comes in. */

const incidentList = z.object({ items: z.array(incidentDocumentSchema) })
const changeList = z.object({ items: z.array(changeReportSchema) })

/** Newest first; those that turned out to be part of another are left out. */
export function readIncidents(answer: unknown): Incident[] {
  const { items } = incidentList.parse(answer)
  return items.filter((item) => item.merged_into === undefined).map(readIncident)
}

export interface IncidentAnswer {
  readonly incident: Incident
  readonly mergedInto: string | undefined
  readonly acknowledged: { readonly atMs: number; readonly by: string | null } | undefined
  /** What people said about it, in order. */
  readonly said: readonly IncidentCommand[]
}

export function readOneIncident(answer: unknown): IncidentAnswer {
  const document = incidentDocumentSchema.parse(answer)
  const { acknowledged_at, acknowledged_by, merged_into, timeline } = document
  return {
    incident: readIncident(document),
    mergedInto: merged_into,
    acknowledged:
      acknowledged_at === undefined ? undefined : { atMs: Date.parse(acknowledged_at), by: acknowledged_by ?? null },
    said: timeline ?? [],
  }
}

/** Newest first. */
export function readChanges(answer: unknown): readonly Change[] {
  return mergeReports(changeList.parse(answer).items, {})
}
