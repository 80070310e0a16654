import { normal } from '../distributions.ts'
import type { Prng } from '../prng.ts'
import { always, deploy, type HardCase, route, type Stream } from './hard-case.ts'

const SLOW_FROM = 400
const SLOW_TO = 440

/** Hard cases of requests that take long without failing. */
export const SLOW_CASES: readonly HardCase[] = [
  {
    name: 'slow-after-a-deploy',
    promise: 'a deploy after which a third of the requests takes eight times as long is blamed within ten minutes',
    hours: 9,
    streams: [
      ...timed('checkout', (minute, prng) => {
        const isHit = minute >= SLOW_FROM && minute < SLOW_TO && prng.next() < 0.33
        return isHit ? 640 : 80
      }),
      ...timed('search', () => 40),
    ],
    changes: [deploy('v7', 'search', SLOW_FROM - 170), deploy('v42', 'checkout', SLOW_FROM - 1)],
    expected: {
      kind: 'faults',
      faults: [
        {
          service: 'checkout',
          ...{ fromMinute: SLOW_FROM, toMinute: SLOW_TO, seenByMinute: SLOW_FROM + 10 },
          culprit: 'v42',
        },
      ],
    },
  },
  {
    name: 'slower-by-day',
    promise: 'requests that take twice as long by day as by night, and minutes of hiccups, wake nobody',
    hours: 54,
    streams: timed('catalog', (minute) => {
      const isHiccup = minute % 613 < 2
      return 120 * 2 ** (0.5 - 0.5 * Math.cos((2 * Math.PI * minute) / 1_440)) * (isHiccup ? 4 : 1)
    }),
    expected: { kind: 'silent' },
  },
]

/** Requests of many clients, alike but for how long they take: log-normal about the median, ms. */
function timed(service: string, medianMs: (minute: number, prng: Prng) => number): Stream[] {
  return Array.from({ length: 12 }, () => ({
    fields: route(service),
    perSecond: always(0.3),
    failing: always(0.001),
    vary: (prng, minute) => ({
      duration_ms: Number((medianMs(minute, prng) * Math.exp(0.6 * normal(prng))).toFixed(1)),
    }),
  }))
}
