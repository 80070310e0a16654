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

test('other services that begin to fail at the same time point at what they share', () => {
  expect(weigh([], changeAt(59)).shared).toBeUndefined()
  const { shared, failing } = weigh(['search', 'stock'], changeAt(59))
  expect(failing).toEqual(['search', 'stock'])
  expect(shared?.evidence).toMatchObject({ logOdds: 1.4, text: '2 other services began to fail at the same time' })
})
