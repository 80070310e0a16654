import { z } from 'zod'
import type { Finding, Hypothesis } from './judge.ts'

const EvidenceSchema = z.array(z.object({ kind: z.string(), log_odds: z.number() }))
const IncidentSchema = z.object({
  service: z.string(),
  signal: z.string(),
  severity: z.string(),
  started_at: z.string(),
  detected_at: z.string(),
  resolved_at: z.string().nullable(),
  baseline_rate: z.number(),
  observed_rate: z.number(),
  requests: z.number(),
  excess_errors: z.number(),
  affected: z.array(z.object({ service: z.string(), route: z.string().nullable() })),
  cause: z.string(),
  suspects: z.array(z.object({ change_id: z.string(), probability: z.number(), evidence: EvidenceSchema })),
  other_causes: z.array(z.object({ cause: z.string(), probability: z.number(), evidence: EvidenceSchema })),
})
const ReplaySchema = z.object({
  summary: z.object({ lines: z.number(), elapsed_s: z.number() }),
  incidents: z.array(IncidentSchema),
})

/** An incident as the contract tells it, as far as it is judged here. */
export type ToldIncident = z.infer<typeof IncidentSchema>

/** What one run of `replay --json` said. Throws when the document is not the contract's. */
export function readReplay(text: string): {
  readonly incidents: ToldIncident[]
  readonly findings: Finding[]
  readonly elapsedSeconds: number
} {
  const { summary, incidents } = ReplaySchema.parse(JSON.parse(text))
  return { incidents, findings: incidents.map(toFinding), elapsedSeconds: summary.elapsed_s }
}

/** What one incident, as the contract tells it, says. Throws when it is not the contract's. */
export function readIncident(document: unknown): Finding {
  return toFinding(IncidentSchema.parse(document))
}

function toFinding(incident: ToldIncident): Finding {
  return {
    service: incident.service,
    affected: [...new Set(incident.affected.map(({ service }) => service))],
    startedMs: Date.parse(incident.started_at),
    detectedMs: Date.parse(incident.detected_at),
    suspects: incident.suspects.map(({ change_id, probability }) => ({ changeId: change_id, probability })),
    hypotheses: hypothesesOf(incident),
    note: noteOf(incident),
  }
}

function hypothesesOf({ suspects, other_causes }: ToldIncident): Hypothesis[] {
  const told = (evidence: z.infer<typeof EvidenceSchema>): Hypothesis['evidence'] =>
    evidence.map(({ kind, log_odds }) => ({ kind, logOdds: log_odds }))
  return [
    ...suspects.map(({ change_id, probability, evidence }) => {
      return { cause: 'change', changeId: change_id, probability, evidence: told(evidence) }
    }),
    ...other_causes.map(({ cause, probability, evidence }) => {
      return { cause, changeId: null, probability, evidence: told(evidence) }
    }),
  ]
}

function noteOf(incident: ToldIncident): string {
  const others = incident.other_causes.map(({ cause, probability }) => `${cause} ${probability.toFixed(2)}`)
  const routes = new Set(incident.affected.flatMap(({ route }) => (route === null ? [] : [route])))
  return [
    `${incident.signal} ${incident.severity}, until ${incident.resolved_at ?? 'the end'}`,
    `${(100 * incident.baseline_rate).toFixed(3)} % to ${(100 * incident.observed_rate).toFixed(3)} % of ${incident.requests}`,
    `excess ${incident.excess_errors.toFixed(0)}`,
    `routes ${[...routes].slice(0, 4).join(' ') || 'all'}`,
    `cause ${incident.cause} (${others.join(', ')})`,
  ].join('; ')
}
