import { always, between, type HardCase, route, type Stream } from './hard-case.ts'
import { visitors } from './visitors.ts'

/** Promises that are not kept yet. A case whose promise is kept moves to its kin, and so into the tests. */
export const UNKEPT_CASES: readonly HardCase[] = [
  {
    name: 'bots-at-night',
    promise: 'bots that draw server errors at night are no outage',
    hours: 54,
    streams: [
      ...visitors('shop', '/items'),
      {
        fields: { ...route('shop', '/items'), client: '198.51.100.77', user_agent: 'crawler/2.1' },
        perSecond: nightly([120, 130], 4),
        failing: always(0.4),
        status: 502,
      },
    ],
    expected: { kind: 'no-outage' },
  },
]

function nightly([fromMinute, toMinute]: readonly [number, number], rate: number): Stream['perSecond'] {
  return (minute) => between([fromMinute, toMinute], rate, 0)(minute % 1_440)
}
