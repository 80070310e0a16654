import { expect, test } from 'vitest'
import { lookElsewhere } from '../../../../../../services/correlator/core/elsewhere.ts'
import {
  weighBlastRadius,
  weighSharedUpstream,
} from '../../../../../../services/correlator/core/evidence/blast-radius.ts'
import { DEFAULT_SETTINGS } from '../../../../../../services/correlator/core/settings.ts'
import type { Change } from '../../../../../../shared/domain/change.ts'
import { candidateOf, drawCase } from '../../drawn-case.ts'
import { changeAt, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const settings = { ...DEFAULT_SETTINGS, services: { checkout: { calls: ['payments'] } } }
const { service: _, ...platform } = changeAt(59, { kind: 'infra' })

/** `checkout` fails from minute 60, and with it the services named; all of them have traffic. */
function weigh(alsoFailing: readonly string[], change: Change) {
  const failing = [...steady(0, 60), ...steady(30, 15)]
  const lines = ['checkout', 'payments', 'search', 'stock', 'media', 'tax', 'auth'].map((service) => ({
    service,
    requests: steady(300, 75),
    ...((service === 'checkout' || alsoFailing.includes(service)) && { failures: failing }),
  }))
  const incident = drawCase(drawLog(lines), [spikeAt(60, { resolvedMinute: 75 })], settings)
  const elsewhere = lookElsewhere(incident)
  const own = weighBlastRadius(incident, candidateOf(incident, change), elsewhere)
  return { own, shared: weighSharedUpstream(incident, elsewhere), failing: elsewhere.failing }
}

test('a change of the whole platform that breaks one service of many is unlikely', () => {
  expect(weigh([], platform).own).toMatchObject({
    clears: 'rate_unmoved',
    evidence: { logOdds: -2, text: 'it touches every service, and 1 of 7 began to fail' },
  })
})

test('a change of the whole platform explains several services at once, better than a change of one', () => {
  const also = ['search', 'stock', 'media']
  expect(weigh(also, platform).own?.evidence.logOdds).toBe(2)
  expect(weigh(also, changeAt(59)).own?.evidence).toMatchObject({
    logOdds: -1.5,
    text: '3 services that do not call checkout fail at the same time',
  })
})

test('what it calls is innocent while it fails no more than before', () => {
  expect(weigh([], changeAt(59, { service: 'payments' })).own).toMatchObject({
    clears: 'rate_unmoved',
    evidence: { text: 'payments, which it changed, fails no more than before' },
  })
})

test('other services that begin to fail at the same time point at what they share', () => {
  expect(weigh([], changeAt(59)).shared).toBeUndefined()
  const { shared, failing } = weigh(['search', 'stock'], changeAt(59))
  expect(failing).toEqual(['search', 'stock'])
  expect(shared?.evidence).toMatchObject({ logOdds: 1.4, text: '2 other services began to fail at the same time' })
})

/** `checkout` answers 502 from minute 60 for what it passes on to `payments`; how `payments` itself does is given. */
function weighBehindProxy(paymentsFailures: number, upstreams: readonly [hurt: string, other: string], called: string) {
  const quiet = steady(0, 60)
  const [hurt, other] = upstreams
  const rows = drawLog([
    { upstream: hurt, status: 502, requests: steady(300, 75), failures: [...quiet, ...steady(60, 15)] },
    { upstream: other, requests: steady(300, 75) },
    { service: 'payments', requests: steady(300, 75), failures: [...quiet, ...steady(paymentsFailures, 15)] },
    { service: 'stock', requests: steady(300, 75) },
  ])
  const calls = { ...settings, services: { checkout: { calls: ['payments', 'stock'] } } }
  const incident = drawCase(rows, [spikeAt(60, { resolvedMinute: 75 })], calls)
  const candidate = candidateOf(incident, changeAt(59, { service: called }))
  return weighBlastRadius(incident, candidate, lookElsewhere(incident))
}

test('a callee that begins to fail with its caller is the likelier for it', () => {
  expect(weighBehindProxy(15, ['', ''], 'payments')?.evidence).toMatchObject({
    logOdds: 1.5,
    text: 'payments, which it changed, began to fail at the same time',
  })
})

test('a callee whose caller answers 502 is not cleared for logging no errors: what is down logs nothing', () => {
  expect(weighBehindProxy(0, ['', ''], 'payments')).toMatchObject({ evidence: { logOdds: -1 } })
  expect(weighBehindProxy(0, ['', ''], 'payments')?.clears).toBeUndefined()
})

test('where the log names upstreams, what was passed on to a service tells for it and against the others', () => {
  const upstreams = ['payments:8080', 'http://stock.svc:80'] as const
  expect(weighBehindProxy(0, upstreams, 'payments')?.evidence).toMatchObject({
    logOdds: 3,
    text: '100 % of the added errors are of requests passed on to payments, which gets 50 % of them',
  })
  expect(weighBehindProxy(0, upstreams, 'stock')).toMatchObject({
    clears: 'outside_its_scope',
    evidence: { logOdds: -3 },
  })
})
