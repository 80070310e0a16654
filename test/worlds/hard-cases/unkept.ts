import { isoTime } from '../change-records.ts'
import { MINUTE_MS } from '../clock.ts'
import type { Prng } from '../prng.ts'
import { always, between, CASE_START_MS, type HardCase, route, type Stream } from './hard-case.ts'
import { visitors } from './visitors.ts'

const CLOCK_CHANGE_MINUTE = 3 * 1_440 + 60

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
  {
    name: 'clock-change',
    promise: 'the hour by which a clock change moves the day wakes nobody',
    hours: 108,
    streams: [
      {
        fields: route('portal'),
        perSecond: (minute) => 4 + 3 * daily(minute),
        failing: (minute) => 0.004 + 0.003 * daily(minute),
        vary: localTime,
      },
    ],
    expected: { kind: 'silent' },
  },
]

function nightly([fromMinute, toMinute]: readonly [number, number], rate: number): Stream['perSecond'] {
  return (minute) => between([fromMinute, toMinute], rate, 0)(minute % 1_440)
}

/** Highest at three in the afternoon by the clock on the wall, which goes an hour ahead in the fourth night. */
function daily(minute: number): number {
  const onTheWall = minute < CLOCK_CHANGE_MINUTE ? minute : minute + 60
  return Math.cos((2 * Math.PI * (onTheWall - 900)) / 1_440)
}

function localTime(_prng: Prng, minute: number): Readonly<Record<string, string>> {
  const hours = minute < CLOCK_CHANGE_MINUTE ? 1 : 2
  const local = isoTime(CASE_START_MS + (minute + hours * 60) * MINUTE_MS)
  return { ts: local.replace('Z', `+0${hours}:00`) }
}
