import type { ReplayResult } from '../../../../services/cli/replay-result.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import type { Evidence, EvidenceKind, Incident } from '../../../../shared/domain/incident.ts'
import { chooseChartWindow, type RatePoint } from '../../../../shared/faces/incident-chart.ts'
import type { IncidentView } from '../../../../shared/faces/incident-view.ts'

const MINUTE_MS = 60_000

/** 2 October 2026, at this time. */
export function at(time: string): number {
  return Date.parse(`2026-10-02T${time}Z`)
}

export const DAY = { fromMs: Date.parse('2026-10-01T06:00:00Z'), toMs: at('18:00:00') }

export function change(fields: Partial<Change> & { id: string }): Change {
  return {
    startedAtMs: at('14:02:50'),
    kind: 'deploy',
    service: 'checkout',
    env: 'prod',
    status: 'succeeded',
    reversible: true,
    ...fields,
  }
}

export function evidence(logOdds: number, text: string, kind: EvidenceKind = 'lag'): Evidence {
  return { kind, logOdds, text, data: {} }
}

export const deploy = change({ id: 'd42', version: 'v42', previousVersion: 'v41', author: 'ana' })
export const undo = change({ id: 'r41', kind: 'rollback', version: 'v41', startedAtMs: at('14:17:00') })
export const searchConfig = change({
  id: 's71',
  kind: 'config',
  service: 'search',
  pullRequest: '71',
  startedAtMs: at('14:07:10'),
})
export const flag = change({ id: 'f1', kind: 'feature_flag', title: 'new-cart', startedAtMs: at('13:58:00') })

/** A deploy of checkout that failed POST /pay and was rolled back: the plainest story there is. */
export function incident(fields: Partial<Incident> = {}): Incident {
  return {
    id: 'inc_1',
    env: 'prod',
    service: 'checkout',
    signal: 'error_rate',
    state: 'resolved',
    severity: 'critical',
    startedAtMs: at('14:03:10'),
    detectedAtMs: at('14:03:30'),
    updatedAtMs: at('14:30:00'),
    resolvedAtMs: at('14:19:00'),
    alreadyFailing: false,
    chronic: false,
    baselineRate: 0.0021,
    observedRate: 0.081,
    requests: 9_200,
    errors: 745,
    excessErrors: 724,
    statuses: { '500': 742, '502': 3 },
    affected: [
      {
        service: 'checkout',
        method: 'POST',
        route: '/pay/{id}',
        version: 'v42',
        region: null,
        requests: 9_014,
        errors: 731,
        shareOfExcess: 0.93,
      },
    ],
    cause: 'change',
    suspects: [
      {
        changeId: 'd42',
        probability: 0.94,
        change: deploy,
        evidence: [
          evidence(2.1, 'first errors 20 s after v42 took traffic'),
          evidence(4.2, 'v42 fails 8.1 % of 9,014 requests, v41 at the same time 0.2 % of 8,551', 'version_split'),
          evidence(0.3, 'status 500 points at code', 'status_mix'),
        ],
      },
    ],
    otherCauses: [
      { cause: 'upstream', probability: 0.03, evidence: [] },
      { cause: 'unknown', probability: 0.02, evidence: [] },
      { cause: 'load', probability: 0.005, evidence: [] },
      { cause: 'client', probability: 0.005, evidence: [] },
    ],
    cleared: [
      { changeId: 's71', reason: 'began_after_onset', text: 'config search #71 began 4 min after the first errors' },
      { changeId: 'f1', reason: 'old_version_fails_alike', text: 'flag new-cart: the old version fails alike' },
    ],
    recommendation: {
      action: 'rollback',
      changeId: 'd42',
      toVersion: 'v41',
      command: 'kubectl -n prod rollout undo deployment/checkout',
      reason: 'back to v41: 1.2 M requests at 0.02 % this week',
      cautions: [],
    },
    verification: {
      state: 'confirmed',
      text: 'normal again 2 min after rollback v41',
      recoveredAfterMs: 2 * MINUTE_MS,
    },
    ...fields,
  }
}

function rippled(requests: number, share: number, index: number): RatePoint {
  const ripple = 1 + 0.25 * Math.sin(index * 1.7)
  return { requests, errors: Math.round(requests * Math.min(1, share * ripple)) }
}

/** Steady traffic; the share of errors is the incident's own inside it, its normal outside, with a fixed ripple. */
export function view(of: Incident, options: { changes?: readonly Change[]; log?: typeof DAY } = {}): IncidentView {
  const window = chooseChartWindow(of, options.log ?? DAY)
  const steps = Math.round((window.toMs - window.fromMs) / window.stepMs)
  const perStep = Math.round((10 * window.stepMs) / 1_000)
  const isFailing = (index: number) => {
    const atMs = window.fromMs + index * window.stepMs
    return atMs + window.stepMs > of.startedAtMs && atMs < (of.resolvedAtMs ?? Number.POSITIVE_INFINITY)
  }
  const draw = (requests: (index: number) => number, share: number) =>
    Array.from({ length: steps }, (_, index) =>
      rippled(Math.round(requests(index)), isFailing(index) ? share : of.baselineRate, index),
    )
  const newShare = (index: number) => (isFailing(index) ? perStep / 2 : 0)
  const others = [...new Set(of.affected.map(({ service }) => service))].filter((service) => service !== of.service)
  const versioned = of.affected.some(({ version }) => version !== null)
  return {
    incident: of,
    chart: {
      ...window,
      subject: { service: of.service, routes: [] },
      total: { name: of.service, points: draw(() => perStep, of.observedRate) },
      versions: versioned
        ? [
            { name: 'v41', points: draw((index) => perStep - newShare(index), of.baselineRate) },
            { name: 'v42', points: draw(newShare, of.observedRate * 2) },
          ]
        : [],
      otherServices: others.map((name, index) => ({ name, points: draw(() => perStep, 0.02 * (index + 1)) })),
    },
    changes: options.changes ?? [flag, deploy, searchConfig, undo],
    blameAt: 0.5,
    isLive: false,
  }
}

export function replayResult(incidents: readonly IncidentView[], fields: Partial<ReplayResult> = {}): ReplayResult {
  return {
    summary: {
      lines: 2_000_000,
      parsed: 2_000_000,
      rejected: 0,
      events: 2_000_000,
      requests: 2_000_000,
      fromMs: DAY.fromMs,
      toMs: DAY.toMs,
      services: 4,
      series: 61,
      loadMs: 1_050,
      elapsedMs: 1_900,
    },
    serviceOrigin: 'virtual_host',
    firstRejects: [],
    incidents,
    changesGiven: 4,
    detectable: [],
    ...fields,
  }
}
