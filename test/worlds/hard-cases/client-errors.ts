import { always, between, deploy, type HardCase, route, type Stream } from './hard-case.ts'
import { visitors } from './visitors.ts'

const FROM = 400
const TO = 430

/** Hard cases of requests that end in 401, 403, 404 or 429: told of where a change began it, and else not. */
export const CLIENT_ERROR_CASES: readonly HardCase[] = [
  {
    name: 'locked-out-by-a-deploy',
    promise: 'a deploy after which most requests of a route are refused is blamed within five minutes',
    hours: 9,
    streams: [
      ...visitors('shop', '/items'),
      ...customers('shop', '/account', { failing: between([FROM, TO], 0.9, 0.01), status: 401 }),
    ],
    changes: [deploy('v6', 'shop', FROM - 200), deploy('v7', 'shop', FROM - 1)],
    expected: {
      kind: 'faults',
      faults: [{ service: 'shop', ...{ fromMinute: FROM, toMinute: TO, seenByMinute: FROM + 5 }, culprit: 'v7' }],
    },
  },
  {
    name: 'not-found-without-a-change',
    promise: 'requests that are not found any more wake nobody where no change began it',
    hours: 9,
    streams: [
      ...visitors('shop', '/items'),
      ...customers('shop', '/offers', { failing: between([FROM, TO], 0.9, 0.01), status: 404 }),
    ],
    changes: [deploy('v7', 'shop', FROM - 100)],
    expected: { kind: 'silent' },
  },
  {
    name: 'scanner-after-a-deploy',
    promise: 'a scanner that asks for what never was, just after a deploy, wakes nobody',
    hours: 9,
    streams: [
      ...visitors('shop', '/items'),
      {
        fields: { ...route('shop', '/wp-login.php'), client: '203.0.113.9', user_agent: 'scanner/1' },
        perSecond: between([FROM, TO], 3, 0),
        failing: always(1),
        status: 404,
      },
    ],
    changes: [deploy('v7', 'shop', FROM - 1)],
    expected: { kind: 'silent' },
  },
]

/** Clients of another route, some of whose requests end in a status. */
function customers(service: string, path: string, of: Pick<Stream, 'failing'> & { readonly status: number }): Stream[] {
  return Array.from({ length: 6 }, (_, i) => ({
    fields: { ...route(service, path), client: `10.0.${i}.7`, user_agent: `browser/${i}` },
    perSecond: always(0.3),
    ...of,
  }))
}
