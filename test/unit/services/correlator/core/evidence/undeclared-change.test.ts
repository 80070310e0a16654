import { expect, test } from 'vitest'
import { selectCandidates } from '../../../../../../services/correlator/core/candidates.ts'
import { weighUndeclaredChange } from '../../../../../../services/correlator/core/evidence/undeclared-change.ts'
import type { Change } from '../../../../../../shared/domain/change.ts'
import { drawCase } from '../../drawn-case.ts'
import { changeAt, type DrawnLine, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const quiet = steady(0, 60)

/** What the log itself tells of a fault from minute 60 to 75, 13:00 by the clock, with these changes reported. */
function toldBy(lines: readonly DrawnLine[], changes: readonly Change[] = []) {
  const incident = drawCase(drawLog(lines), [spikeAt(60, { resolvedMinute: 75 })])
  return weighUndeclaredChange(incident, selectCandidates(incident, changes).candidates)?.evidence
}

const newRoute: DrawnLine[] = [
  { requests: steady(300, 75) },
  { route: '/v2/pay', requests: [...quiet, ...steady(60, 15)], failures: [...quiet, ...steady(30, 15)] },
]

test('a route that was never asked for before the onset is told of', () => {
  expect(toldBy(newRoute)).toMatchObject({
    kind: 'fingerprint',
    logOdds: 2,
    text: 'something changed about 13:00 that nobody reported: POST /v2/pay was never asked for before',
    data: { new_routes: ['POST /v2/pay'] },
  })
})

test('another set of upstreams is told of, one more of them is not', () => {
  const pool = (names: readonly string[], from: number, to: number): DrawnLine[] =>
    names.map((upstream) => ({
      upstream,
      requests: [...steady(0, from), ...steady(100, to - from), ...steady(0, 75 - to)],
    }))
  expect(toldBy([...pool(['a:80', 'b:80'], 0, 60), ...pool(['c:80', 'd:80'], 60, 75)])?.text).toContain(
    '100 % of the requests go to 2 upstreams not seen before',
  )
  expect(toldBy([...pool(['a:80', 'b:80'], 0, 75), ...pool(['c:80'], 60, 75)])).toBeUndefined()
})

test('answers of another size are told of, failed ones and everyday differences are not', () => {
  const sized = (bytes: number, from: number, to: number): DrawnLine => ({
    bytes,
    requests: [...steady(0, from), ...steady(100, to - from), ...steady(0, 75 - to)],
  })
  expect(toldBy([sized(12_000, 0, 60), sized(3_000, 60, 75)])).toMatchObject({
    text: expect.stringContaining('answers went from 12,000 to 3,000 bytes'),
    data: { bytes_before: 12_000, bytes_after: 3_000 },
  })
  expect(toldBy([sized(12_000, 0, 60), sized(11_000, 60, 75)])).toBeUndefined()
  const failing = { bytes: 200, requests: [...quiet, ...steady(100, 15)], failures: [...quiet, ...steady(100, 15)] }
  expect(toldBy([sized(12_000, 0, 75), failing])).toBeUndefined()
})

test('what a reported change of the service explains is nothing unreported; one of another time explains nothing', () => {
  expect(toldBy(newRoute, [changeAt(58)])).toBeUndefined()
  expect(toldBy(newRoute, [changeAt(20)])?.logOdds).toBe(2)
})

test('a log that began a minute before knows no route as old', () => {
  const lines = newRoute.map((line) => ({ ...line, requests: line.requests.map((n, minute) => (minute < 59 ? 0 : n)) }))
  expect(toldBy(lines)).toBeUndefined()
})
