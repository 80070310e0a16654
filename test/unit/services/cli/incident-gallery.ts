import type { ReplayResult } from '../../../../services/cli/replay-result.ts'
import type { IncidentView } from '../../../../shared/faces/incident-view.ts'
import { at, change, DAY, deploy, evidence, incident, replayResult, searchConfig, view } from './incident-samples.ts'

const NO_OTHERS = [
  { cause: 'upstream', probability: 0.01, evidence: [] },
  { cause: 'load', probability: 0.005, evidence: [] },
  { cause: 'client', probability: 0.005, evidence: [] },
] as const

const clearDeploy = view(incident())

const tied = view(
  incident({
    resolvedAtMs: null,
    state: 'open',
    updatedAtMs: at('14:20:00'),
    suspects: [
      {
        changeId: 'f2',
        probability: 0.49,
        change: change({ id: 'f2', kind: 'feature_flag', title: 'express-pay', startedAtMs: at('14:02:30') }),
        evidence: [evidence(1.9, 'first errors 40 s after the flag went on')],
      },
      {
        changeId: 'd42',
        probability: 0.46,
        change: deploy,
        evidence: [
          evidence(2.1, 'first errors 20 s after v42 took traffic'),
          evidence(-0.8, 'v41 fails as often as v42 in eu-west'),
        ],
      },
    ],
    otherCauses: [...NO_OTHERS, { cause: 'unknown', probability: 0.03, evidence: [] }],
    cleared: [],
    recommendation: {
      action: 'disable_flag',
      changeId: 'f2',
      toVersion: null,
      command: null,
      reason: 'switch the flag express-pay off first: it takes seconds, and if the errors stay it was deploy v42',
      cautions: ['deploy v42 is still rolling out: pause it'],
    },
    verification: { state: 'pending' },
  }),
  { changes: [deploy, change({ id: 'f2', kind: 'feature_flag', title: 'express-pay', startedAtMs: at('14:02:30') })] },
)

const unexplained = view(
  incident({
    service: 'search',
    baselineRate: 0.0004,
    observedRate: 0.031,
    cause: 'unknown',
    suspects: [
      { changeId: 's71', probability: 0.08, change: { ...searchConfig, startedAtMs: at('13:20:00') }, evidence: [] },
    ],
    otherCauses: [
      {
        cause: 'unknown',
        probability: 0.86,
        evidence: [evidence(1.2, 'something changed at 14:02 that nobody reported: 3 new instances took traffic')],
      },
      { cause: 'upstream', probability: 0.04, evidence: [] },
    ],
    affected: [],
    cleared: [],
    recommendation: {
      action: 'investigate',
      changeId: null,
      toVersion: null,
      command: null,
      reason: 'ask what was done to search at 14:02; the three new instances carry all errors',
      cautions: [],
    },
    verification: { state: 'not_applicable' },
  }),
  { changes: [searchConfig] },
)

const upstream = view(
  incident({
    statuses: { '502': 600, '504': 145 },
    cause: 'upstream',
    suspects: [
      {
        changeId: 'd42',
        probability: 0.11,
        change: { ...deploy, startedAtMs: at('13:10:00') },
        evidence: [evidence(-1, 'both versions fail alike')],
      },
    ],
    otherCauses: [
      {
        cause: 'upstream',
        probability: 0.81,
        evidence: [
          evidence(2.2, '502 and 504 are 100 % of the errors, and no route of checkout is spared', 'status_mix'),
          evidence(1.4, '4 services that share payments.example.net fail in the same 20 s', 'blast_radius'),
        ],
      },
      { cause: 'unknown', probability: 0.07, evidence: [] },
    ],
    recommendation: {
      action: 'escalate_upstream',
      changeId: null,
      toVersion: null,
      command: null,
      reason: 'tell the payment provider; nothing here needs a rollback',
      cautions: [],
    },
    verification: { state: 'not_applicable' },
  }),
)

const alreadyFailing = view(
  incident({
    service: 'web',
    alreadyFailing: true,
    startedAtMs: DAY.fromMs,
    detectedAtMs: DAY.fromMs + 30_000,
    resolvedAtMs: DAY.fromMs + 14 * 60_000 + 20_000,
    observedRate: 0.42,
    cause: 'unknown',
    affected: [],
    suspects: [],
    otherCauses: [{ cause: 'unknown', probability: 0.9, evidence: [] }, ...NO_OTHERS],
    cleared: [],
    recommendation: {
      action: 'investigate',
      changeId: null,
      toVersion: null,
      command: null,
      reason: 'look at what happened before the log begins',
      cautions: [],
    },
    verification: { state: 'not_applicable' },
  }),
  { changes: [] },
)

const cascade = view(
  incident({
    service: 'inventory',
    affected: [
      series('inventory', null, { requests: 9_200, errors: 745, shareOfExcess: 0.6 }),
      series('checkout', '/cart', { requests: 9_000, errors: 1_300, shareOfExcess: 0.25 }),
      series('gateway', null, { requests: 80_000, errors: 2_100, shareOfExcess: 0.15 }),
    ],
    suspects: [
      {
        changeId: 'm7',
        probability: 0.996,
        change: change({
          id: 'm7',
          kind: 'migration',
          service: 'inventory',
          title: 'drop column stock.reserved',
          reversible: false,
          startedAtMs: at('13:58:00'),
          finishedAtMs: at('14:03:05'),
        }),
        evidence: [evidence(3.3, 'first errors 5 s after the migration finished')],
      },
    ],
    otherCauses: [...NO_OTHERS],
    recommendation: {
      action: 'roll_forward',
      changeId: 'm7',
      toVersion: null,
      command: null,
      reason: 'the migration cannot be undone: put the column back and deploy',
      cautions: ['v41 reads the column as well: rolling back the code does not help'],
    },
    verification: { state: 'refuted', text: 'still failing 6 min after rollback v41' },
  }),
)

const longNames = view(
  incident({
    service: `checkout-${'x'.repeat(150)}-eu`,
    resolvedAtMs: at('23:19:00') + 86_400_000,
    affected: [
      series(`checkout-${'x'.repeat(150)}-eu`, `/api/${'very-long-segment/'.repeat(12)}{id}`, { shareOfExcess: 1 }),
    ],
    suspects: [
      {
        changeId: 'd42',
        probability: 0.72,
        change: { ...deploy, title: 't'.repeat(400), version: `2026.10.02-${'a'.repeat(64)}`, author: 'a'.repeat(99) },
        evidence: [evidence(2, `${'word '.repeat(40)}${'w'.repeat(300)}`)],
      },
    ],
    cleared: Array.from({ length: 40 }, (_, index) => ({
      changeId: `c${index}`,
      reason: 'rate_unmoved' as const,
      text: `change ${index} ${'z'.repeat(200)}`,
    })),
    recommendation: {
      action: 'rollback',
      changeId: 'd42',
      toVersion: 'v41',
      command: `kubectl -n prod set image deployment/checkout "checkout=registry.example.net/shop/checkout:v 41" --record=true --field-manager=culprit`,
      reason: 'back to v41',
      cautions: ['c'.repeat(300)],
    },
  }),
  { log: { ...DAY, toMs: DAY.toMs + 40 * 86_400_000 } },
)

const hostile = view(
  incident({
    service: 'check\u001b[31mout\u202e',
    affected: [series('check\u001b[31mout\u202e', '/<script>alert(1)</script>\r\n\u0007', { shareOfExcess: 0.9 })],
    suspects: [
      {
        changeId: 'd42',
        probability: 0.9,
        change: { ...deploy, author: '\u001b]0;owned\u0007', version: '"><img src=x onerror=alert(1)>' },
        evidence: [evidence(2, 'fails \u001b[2J on \u009b31m <b>all</b>')],
      },
    ],
  }),
)

function series(
  service: string,
  route: string | null,
  counts: { requests?: number; errors?: number; shareOfExcess: number },
) {
  const method = route === null ? null : 'POST'
  return { service, method, route, version: null, region: null, requests: 9_000, errors: 700, ...counts }
}

/** One of every kind of story, by its name. */
export const gallery: Readonly<Record<string, IncidentView>> = {
  'clear-deploy': clearDeploy,
  'tied-suspects': tied,
  unexplained,
  upstream,
  'already-failing': alreadyFailing,
  cascade,
  'long-names': longNames,
  hostile,
}

export const calm: ReplayResult = replayResult([], {
  detectable: [
    { service: 'web', route: 'GET /admin', smallestRise: 0.31, withinMs: 1_800_000 },
    { service: 'web', route: 'GET /rare', smallestRise: null, withinMs: 1_800_000 },
  ],
})
