import type { Change } from '../../../shared/domain/change.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import { incidentToWire } from '../../../shared/domain/incident-wire.ts'
import { type IncidentNews, toNews } from './incident-news.ts'

const MINUTE_MS = 60_000

/** An incident that never was, for people who want to see what a channel would show. `isOver`: as it ends. */
export function sampleNews(nowMs: number, isOver: boolean): IncidentNews {
  const startedAtMs = nowMs - 6 * MINUTE_MS
  const incident: Incident = {
    ...NUMBERS,
    id: `sample_${Math.floor(nowMs / 1000)}`,
    state: isOver ? 'resolved' : 'open',
    startedAtMs,
    detectedAtMs: startedAtMs + 20_000,
    updatedAtMs: nowMs,
    resolvedAtMs: isOver ? nowMs : null,
    suspects: [sampleSuspect(startedAtMs - 20_000)],
    verification: isOver ? { state: 'confirmed', text: 'normal again 2 min after rollback v41' } : { state: 'pending' },
  }
  return toNews(incidentToWire(incident))
}

const NUMBERS = {
  env: 'prod',
  service: 'checkout',
  signal: 'error_rate',
  severity: 'minor',
  alreadyFailing: false,
  chronic: false,
  baselineRate: 0.001,
  observedRate: 0.081,
  requests: 10_060,
  errors: 815,
  excessErrors: 805,
  statuses: { '500': 812, '502': 3 },
  affected: [],
  cause: 'change',
  otherCauses: [
    { cause: 'upstream', probability: 0.03, evidence: [] },
    { cause: 'unknown', probability: 0.03, evidence: [] },
  ],
  cleared: [],
  recommendation: {
    action: 'rollback',
    changeId: 'sample-deploy-v42',
    toVersion: 'v41',
    command: 'echo this is a sample: nothing is broken',
    reason: 'a sample sent by culprit notify test: nothing is broken',
    cautions: [],
  },
} satisfies Partial<Incident>

function sampleSuspect(startedAtMs: number): Incident['suspects'][number] {
  const change: Change = {
    id: 'sample-deploy-v42',
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    version: 'v42',
    author: 'ana',
    status: 'succeeded',
    reversible: true,
    startedAtMs,
  }
  const split = 'v42 fails 8.1 % of 9,014 requests, v41 at the same time 0.1 % of 8,551'
  return {
    changeId: change.id,
    probability: 0.94,
    change,
    evidence: [
      { kind: 'version_split', logOdds: 4.2, text: split, data: {} },
      { kind: 'lag', logOdds: 2.1, text: 'first errors 20 s after v42 took traffic', data: {} },
    ],
  }
}
