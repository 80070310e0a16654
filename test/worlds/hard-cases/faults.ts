import { always, between, deploy, type HardCase, route } from './hard-case.ts'

/** Hard cases in which something breaks: found in time, told once. */
export const FAULT_CASES: readonly HardCase[] = [
  {
    name: 'thin-service',
    promise: 'an hour of failures on a service of 0.02 requests a second is found within half an hour',
    hours: 48,
    streams: [
      { fields: route('reports'), perSecond: always(0.02), failing: between([2_400, 2_460], 0.8, 0.003) },
      { fields: route('checkout'), perSecond: always(4), failing: always(0.002) },
    ],
    expected: expectFault('reports', [2_400, 2_460], { withinMinutes: 30 }),
  },
  {
    name: 'slow-ramp',
    promise: 'errors that climb to 8 % over an hour are one incident, seen before half of it is over',
    hours: 10,
    streams: [
      {
        fields: route('search'),
        perSecond: always(10),
        failing: (minute) => 0.001 + (minute < 480 || minute >= 560 ? 0 : 0.08 * Math.min((minute - 480) / 60, 1)),
      },
    ],
    expected: expectFault('search', [480, 560], { withinMinutes: 30 }),
  },
  {
    name: 'new-route-that-fails',
    promise: 'a route that fails from its first request on is found within three minutes',
    hours: 10,
    streams: [
      { fields: route('catalog', '/items'), perSecond: always(10), failing: always(0.001) },
      {
        fields: route('catalog', '/v2/items'),
        perSecond: between([480, 600], 1, 0),
        failing: between([480, 510], 0.5, 0.001),
      },
    ],
    expected: expectFault('catalog', [480, 510], { withinMinutes: 3 }),
  },
  {
    name: 'new-service-that-fails',
    promise: 'a service that fails nearly everything from its first request on is found within three minutes',
    hours: 10,
    streams: [
      { fields: route('checkout'), perSecond: always(5), failing: always(0.002) },
      { fields: route('vouchers'), perSecond: between([480, 600], 2, 0), failing: between([480, 510], 0.9, 0.001) },
    ],
    expected: expectFault('vouchers', [480, 510], { withinMinutes: 3 }),
  },
  {
    name: 'after-a-gap',
    promise: 'two hours without any data are no alarm, and what breaks soon after them is found as ever',
    hours: 12,
    streams: [
      {
        fields: route('orders'),
        perSecond: between([480, 600], 0, 8),
        failing: between([620, 640], 0.1, 0.002),
      },
    ],
    expected: expectFault('orders', [620, 640], { withinMinutes: 2 }),
  },
  {
    name: 'rare-route-all-broken',
    promise: 'a route with 0.5 % of the traffic that fails all of it after a deploy is found, and the deploy blamed',
    hours: 10,
    streams: [
      { fields: route('accounts', '/me'), perSecond: always(40), failing: always(0.002) },
      { fields: route('accounts', '/export', 'POST'), perSecond: always(0.2), failing: between([481, 511], 1, 0.002) },
    ],
    changes: [deploy('accounts-77', 'accounts', 480), deploy('other-12', 'orders', 470)],
    expected: expectFault('accounts', [481, 511], { withinMinutes: 3, culprit: 'accounts-77' }),
  },
  {
    name: 'thirty-services-at-once',
    promise: 'thirty services that fail in the same minute are one incident',
    hours: 6,
    streams: Array.from({ length: 30 }, (_, i) => ({
      fields: route(`service-${String(i + 1).padStart(2, '0')}`),
      perSecond: always(1 + (i % 5)),
      // Not in the same second: the first sees it 40 seconds before the last.
      failing: between([240 + (i % 5) / 6, 260], 0.4, 0.002),
      status: 503,
    })),
    expected: {
      kind: 'faults',
      faults: [{ service: 'any', fromMinute: 240, toMinute: 260, seenByMinute: 242 }],
    },
  },
  {
    name: 'three-minutes-of-peace',
    promise: 'an incident that recovers for three minutes and returns stays one incident',
    hours: 10,
    streams: [
      {
        fields: route('payments'),
        perSecond: always(6),
        failing: (minute) => (minute >= 480 && minute < 510 && !(minute >= 493 && minute < 496) ? 0.2 : 0.001),
      },
    ],
    expected: expectFault('payments', [480, 510], { withinMinutes: 2 }),
  },
  {
    name: 'log-begins-inside',
    promise: 'a log that begins inside an outage tells of one incident',
    hours: 6,
    streams: [
      { fields: route('media'), perSecond: always(5), failing: between([0, 40], 0.6, 0.002) },
      { fields: route('checkout'), perSecond: always(5), failing: always(0.002) },
    ],
    expected: expectFault('media', [0, 40], { withinMinutes: 10 }),
  },
  {
    name: 'rise-over-thirty-percent',
    promise: 'what always fails 30 % and now fails 50 % is found within ten minutes',
    hours: 14,
    streams: [{ fields: route('scraper'), perSecond: always(3), failing: between([720, 760], 0.5, 0.3) }],
    expected: expectFault('scraper', [720, 760], { withinMinutes: 10 }),
  },
  {
    name: 'silent-service',
    promise: 'a service that sends nothing any more while others do is told of within eleven minutes',
    hours: 8,
    streams: [
      { fields: route('checkout'), perSecond: between([300, 330], 0, 5), failing: always(0.002) },
      { fields: route('search'), perSecond: always(5), failing: always(0.002) },
    ],
    expected: expectFault('checkout', [300, 330], { withinMinutes: 11 }),
  },
]

/** One fault, to be seen within so many minutes. */
function expectFault(
  service: string,
  [fromMinute, toMinute]: readonly [number, number],
  { withinMinutes, culprit }: { readonly withinMinutes: number; readonly culprit?: string },
): HardCase['expected'] {
  const seenByMinute = fromMinute + withinMinutes
  return {
    kind: 'faults',
    faults: [{ service, fromMinute, toMinute, seenByMinute, ...(culprit !== undefined && { culprit }) }],
  }
}
