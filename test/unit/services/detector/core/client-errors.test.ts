import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../../../../services/detector/config.ts'
import { createClientErrorDetector, type StatusMinute } from '../../../../../services/detector/core/client-errors.ts'
import type { Spike } from '../../../../../shared/domain/spike.ts'
import { binomial } from '../../../../worlds/distributions.ts'
import { createPrng } from '../../../../worlds/prng.ts'

const MINUTES = 300
const settings = toDetectorSettings(detectionSchema.parse({}), new Map())

/** 1 % refused, 3 % not found, none limited; half of the requests refused in minutes 200 to 220 of `checkout`. */
function drawMinute(service: string, minute: number): StatusMinute {
  const prng = createPrng(`${service}/${minute}`)
  const isHit = service === 'checkout' && minute >= 200 && minute < 220
  const clientErrors = [binomial(prng, 300, isHit ? 0.5 : 0.01), binomial(prng, 300, 0.03), 0]
  return { env: 'prod', service, requests: 300, clientErrors }
}

function spikesOf(given = settings, order = (services: readonly StatusMinute[]) => services): Spike[] {
  const detector = createClientErrorDetector(given)
  for (let minute = 0; minute < MINUTES; minute++)
    detector.advance(minute, order([drawMinute('checkout', minute), drawMinute('search', minute)]))
  return detector.spikes()
}

test('a service that refuses half of its requests is told of within three minutes, with the statuses, and nothing else is', () => {
  const [spike, ...more] = spikesOf()
  expect(more).toEqual([])
  expect(spike).toMatchObject({ service: 'checkout', signal: 'error_rate', errorStatuses: { from: 401, to: 403 } })
  expect(spike?.detectedAtMs).toBeLessThanOrEqual(203 * 60_000)
  expect(spike?.observedRate).toBeGreaterThan(0.4)
  expect(Math.abs((spike?.resolvedAtMs ?? 0) - 220 * 60_000)).toBeLessThanOrEqual(2 * 60_000)
})

test('a service whose client errors are not watched, or nothing of which is, is never told of', () => {
  for (const own of [{ client_errors: false }, { enabled: false }])
    expect(spikesOf(toDetectorSettings(detectionSchema.parse({}), new Map([['checkout', own]])))).toEqual([])
  expect(spikesOf(toDetectorSettings(detectionSchema.parse({ client_errors: false }), new Map()))).toEqual([])
})

test('services in another order and the same minute twice give the same spikes', () => {
  const expected = spikesOf()
  fc.assert(
    fc.property(fc.array(fc.nat(MINUTES), { maxLength: 5 }), (repeated) => {
      const detector = createClientErrorDetector(settings)
      for (let minute = 0; minute < MINUTES; minute++) {
        const services = [drawMinute('search', minute), drawMinute('checkout', minute)]
        detector.advance(minute, services)
        if (repeated.includes(minute)) for (const ago of [0, 3]) detector.advance(minute - ago, services)
      }
      expect(detector.spikes()).toEqual(expected)
    }),
    { numRuns: 5 },
  )
})
