import { isoTime } from '../change-records.ts'
import { MINUTE_MS } from '../clock.ts'
import { integer, pick } from '../distributions.ts'
import type { Prng } from '../prng.ts'
import { always, between, CASE_START_MS, type HardCase, route, type Stream } from './hard-case.ts'
import { visitors } from './visitors.ts'

const CLOCK_CHANGE_MINUTE = 3 * 1_440 + 60
const SILENT: HardCase['expected'] = { kind: 'silent' }
const NO_OUTAGE: HardCase['expected'] = { kind: 'no-outage' }

/** Hard cases in which nothing breaks: nobody is woken. */
export const HARMLESS_CASES: readonly HardCase[] = [
  {
    name: 'always-thirty-percent',
    promise: 'a service that has always failed 30 % wakes nobody',
    hours: 30,
    streams: [{ fields: route('scraper'), perSecond: always(3), failing: always(0.3) }],
    expected: SILENT,
  },
  {
    name: 'scanner-on-a-dead-backend',
    promise: 'a scanner that draws clumps of 502s on paths nobody else asks for is no outage',
    hours: 30,
    streams: [
      ...visitors('web', '/'),
      {
        fields: { service: 'web', method: 'GET', client: '203.0.113.9', upstream: 'default-backend' },
        // Some seconds of it, every 17 minutes.
        perSecond: (minute) => (minute % 17 < 1 / 6 ? 2 : 0),
        failing: always(0.9),
        status: 502,
        vary: scannedPath,
      },
    ],
    expected: NO_OUTAGE,
  },
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
    expected: NO_OUTAGE,
  },
  {
    name: 'tenfold-growth',
    promise: 'ten times the traffic within an hour with the same share of errors wakes nobody',
    hours: 12,
    streams: [
      {
        fields: route('tickets'),
        perSecond: (minute) => 5 * 10 ** Math.min(Math.max((minute - 540) / 60, 0), 1),
        failing: always(0.003),
      },
    ],
    expected: SILENT,
  },
  {
    name: 'tenfold-growth-same-errors',
    promise: 'ten times the traffic within an hour with as many errors as before wakes nobody',
    hours: 12,
    streams: [
      {
        fields: route('tickets'),
        perSecond: (minute) => 5 * 10 ** Math.min(Math.max((minute - 540) / 60, 0), 1),
        failing: (minute) => 0.003 / 10 ** Math.min(Math.max((minute - 540) / 60, 0), 1),
      },
    ],
    expected: SILENT,
  },
  {
    name: 'traffic-steps-down',
    promise: 'a fifth of the traffic with as many errors as before wakes nobody for server errors',
    hours: 12,
    streams: [
      { fields: route('feed'), perSecond: between([540, 900], 4, 20), failing: between([540, 900], 0.005, 0.001) },
    ],
    expected: SILENT,
  },
  {
    name: 'cron-clumps',
    promise: 'a job whose errors come in a clump every five minutes wakes nobody',
    hours: 24,
    streams: [
      { fields: route('billing'), perSecond: always(3), failing: always(0.001) },
      { fields: route('billing', '/jobs'), perSecond: (minute) => (minute % 5 === 0 ? 0.8 : 0), failing: always(0.8) },
    ],
    expected: SILENT,
  },
  {
    name: 'new-route',
    promise: 'a new route that fails as little as the others wakes nobody',
    hours: 12,
    streams: [
      { fields: route('catalog', '/items'), perSecond: always(10), failing: always(0.004) },
      { fields: route('catalog', '/v2/items'), perSecond: between([480, 720], 2, 0), failing: always(0.006) },
    ],
    expected: SILENT,
  },
  {
    name: 'new-service',
    promise: 'a new service that fails a little wakes nobody',
    hours: 12,
    streams: [
      { fields: route('checkout'), perSecond: always(5), failing: always(0.002) },
      { fields: route('vouchers'), perSecond: between([480, 720], 2, 0), failing: always(0.008) },
    ],
    expected: SILENT,
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
    expected: SILENT,
  },
]

function scannedPath(prng: Prng): Readonly<Record<string, string>> {
  const path = pick(prng, ['/wp-login.php', '/.env', '/admin/config.php', '/vendor/phpunit/eval.php', '/cgi-bin/luci'])
  return { path: `${path}?${integer(prng, 1, 999)}` }
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

function nightly([fromMinute, toMinute]: readonly [number, number], rate: number): Stream['perSecond'] {
  return (minute) => between([fromMinute, toMinute], rate, 0)(minute % 1_440)
}
