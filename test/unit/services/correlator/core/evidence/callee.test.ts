import { expect, test } from 'vitest'
import { lookElsewhere } from '../../../../../../services/correlator/core/elsewhere.ts'
import { weighCallee } from '../../../../../../services/correlator/core/evidence/callee.ts'
import { DEFAULT_SETTINGS } from '../../../../../../services/correlator/core/settings.ts'
import { candidateOf, drawCase } from '../../drawn-case.ts'
import { changeAt, type DrawnLine, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const quiet = steady(0, 60)
const settings = {
  ...DEFAULT_SETTINGS,
  services: { checkout: { calls: ['payments', 'stock'] }, mobile: { calls: ['payments'] } },
}

/** `checkout` answers 502 to one request in five from minute 60 on; what else there is, is given. */
function weigh(others: readonly DrawnLine[], { status = 502, called = 'payments' } = {}) {
  const rows = drawLog([
    { status, requests: steady(300, 75), failures: [...quiet, ...steady(60, 15)] },
    { service: 'stock', requests: steady(600, 75) },
    ...others,
  ])
  const spike = spikeAt(60, { resolvedMinute: 75, observedRate: 0.2, excessErrors: 900 })
  const incident = drawCase(rows, [spike], settings)
  return weighCallee(incident, candidateOf(incident, changeAt(59, { service: called })), lookElsewhere(incident))
}

test('what it calls is innocent while it fails no more than before', () => {
  expect(weigh([{ service: 'payments', requests: steady(600, 75) }], { status: 500 })).toMatchObject({
    clears: 'rate_unmoved',
    evidence: { logOdds: -3, text: 'payments, which it changed, fails no more than before' },
  })
})

test('a callee that begins to fail with its caller is the likelier for it', () => {
  const failures = [...quiet, ...steady(15, 15)]
  expect(weigh([{ service: 'payments', requests: steady(300, 75), failures }])?.evidence).toMatchObject({
    logOdds: 1.5,
    text: 'payments, which it changed, began to fail at the same time',
  })
})

test('a callee whose caller answers 502 is not cleared for logging no errors: what is down logs nothing', () => {
  const found = weigh([{ service: 'payments', requests: steady(600, 75) }])
  expect(found).toMatchObject({ evidence: { logOdds: -1 } })
  expect(found?.clears).toBeUndefined()
})

test('a callee that gets as many requests as before is the less likely, one that misses those that fail the likelier', () => {
  const asMany = weigh([{ service: 'payments', requests: steady(150, 75) }])?.evidence
  expect(asMany).toMatchObject({
    logOdds: expect.closeTo(-1.916, 3),
    text: 'payments, which it changed, fails no more than before, and gets as many requests',
  })
  const fewer = weigh([{ service: 'payments', requests: [...steady(150, 60), ...steady(90, 15)] }])?.evidence
  expect(fewer).toMatchObject({
    logOdds: 3,
    text: 'payments, which it changed, fails no more than before, but gets 40 % fewer requests',
  })
})

test('a callee whose other callers do well is the less likely, if they would fail by now', () => {
  const payments = { service: 'payments', requests: steady(600, 75) }
  expect(weigh([payments, { service: 'mobile', requests: steady(300, 75) }])?.evidence).toMatchObject({
    logOdds: -2.2,
    text: 'payments, which it changed, fails no more than before, nor does mobile, which calls it too',
    data: { callers_doing_well: ['mobile'] },
  })
  const failing = { service: 'mobile', requests: steady(300, 75), failures: [...quiet, ...steady(60, 15)] }
  expect(weigh([payments, failing])?.evidence.logOdds).toBe(-1)
  // Too few requests to tell.
  expect(weigh([payments, { service: 'mobile', requests: steady(5, 75) }])?.evidence.logOdds).toBe(-1)
})

test('where the log names upstreams, what was passed on to a service tells for it and against the others', () => {
  const rows = drawLog([
    { upstream: 'payments:8080', status: 502, requests: steady(300, 75), failures: [...quiet, ...steady(60, 15)] },
    { upstream: 'http://stock.svc:80', requests: steady(300, 75) },
  ])
  const incident = drawCase(rows, [spikeAt(60, { resolvedMinute: 75 })], settings)
  const weighOf = (service: string) =>
    weighCallee(incident, candidateOf(incident, changeAt(59, { service })), lookElsewhere(incident))
  expect(weighOf('payments')?.evidence).toMatchObject({
    logOdds: 3,
    text: '100 % of the added errors are of requests passed on to payments, which gets 50 % of them',
  })
  expect(weighOf('stock')).toMatchObject({ clears: 'outside_its_scope', evidence: { logOdds: -3 } })
})
