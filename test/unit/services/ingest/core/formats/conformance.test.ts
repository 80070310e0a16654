import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detectFormat } from '../../../../../../services/ingest/core/detect-format.ts'
import { FORMAT_NAMES } from '../../../../../../services/ingest/core/format-spec.ts'
import { readFixtures } from '../../../../../support/format-fixtures.ts'
import { eventsOf, parseLog, parserOf } from '../read-log.ts'

const FIXTURES = readFixtures()
const LEAST_LINES = 25
const LONG_LINE_BYTES = 100 * 1024
const LONG_LINE_MS_MAX = 5
/** A line of OTLP is a request of many records, and JSON of any shape. */
const LONG_REQUEST_MS_MAX = 50
/** Warm, and of the processor's time: other work on the machine does not count. */
const RUNS_MAX = 20

test('every format there is has a fixture', () => {
  expect(new Set(FIXTURES.map(({ spec }) => spec.name))).toEqual(new Set(FORMAT_NAMES))
})

test.each(FIXTURES.filter(({ isTold }) => !isTold))('$name is told by its lines', ({ log, spec }) => {
  expect(detectFormat(log)).toMatchObject({ kind: 'known', spec })
})

describe.each(FIXTURES)('$name', ({ log, spec, events, rejects }) => {
  const lines = splitLines(log)

  test('is read as was checked by hand, line for line', () => {
    const block = parseLog(log, spec)
    const found = block.rejects.map(({ lineNumber, reason }) => ({ line: lineNumber, rejected: reason }))
    // As JSON, which has no undefined.
    expect(JSON.parse(JSON.stringify(eventsOf(block)))).toEqual(events)
    expect(found).toEqual(rejects)
    expect(block.parsed + block.blank + block.rejected).toBe(block.lines)
    expect(block.lines).toBeGreaterThanOrEqual(LEAST_LINES)
  })

  test('never throws and accounts for every line, whatever became of its bytes', () => {
    const line = fc.constantFrom(...lines)
    const damage = fc.record({ at: fc.nat(), cut: fc.nat(8), put: fc.uint8Array({ maxLength: 8 }) })
    const damaged = fc.tuple(line, fc.array(damage, { minLength: 1, maxLength: 4 })).map(([bytes, all]) =>
      all.reduce((before, { at, cut, put }) => {
        const from = at % (before.length + 1)
        return Buffer.concat([before.subarray(0, from), put, before.subarray(from + cut)])
      }, bytes),
    )
    const parser = parserOf({ format: spec, env: 'prod' })
    fc.assert(
      fc.property(fc.array(damaged, { minLength: 1, maxLength: 6 }), (some) => {
        const block = parser.parse(joinLines(some), { source: '', firstLine: 1, firstByte: 0 })
        expect(block.parsed + block.rejected + block.blank).toBe(block.lines)
        expect(eventsOf(block)).toHaveLength(block.parsed)
      }),
      { numRuns: 200 },
    )
  })

  const maxMs = spec.name === 'otlp' ? LONG_REQUEST_MS_MAX : LONG_LINE_MS_MAX

  test(`takes no more than ${maxMs} ms for a line of 100 KiB, whatever fills it`, () => {
    const parser = parserOf({ format: spec, env: 'prod' })
    const [first = Buffer.alloc(0)] = lines.toSorted((a, b) => b.length - a.length)
    for (const long of longLines(first)) {
      let bestMs = Number.POSITIVE_INFINITY
      for (let run = 0; run < RUNS_MAX && bestMs > maxMs; run++) {
        const before = process.cpuUsage()
        parser.parse(long, { source: '', firstLine: 1, firstByte: 0 })
        bestMs = Math.min(bestMs, process.cpuUsage(before).user / 1000)
      }
      expect(bestMs).toBeLessThan(maxMs)
    }
  })
})

function splitLines(log: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < log.length; ) {
    const newline = log.indexOf(0x0a, start)
    const end = newline === -1 ? log.length : newline
    if (end > start) lines.push(log.subarray(start, end))
    start = end + 1
  }
  return lines
}

function joinLines(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))
}

/** A line blown up at several places, with what separates, quotes, escapes and nests. */
function longLines(line: Buffer): Buffer[] {
  const fillings = ['a', ' ', '"', '\\', '\\"', '" ', '", ', '{"a":', '[', '|', '%', '1', ',', '\t', '-', '\u0000', 'é']
  const places = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(line.length * share))
  return fillings.flatMap((filling) =>
    places.map((at) => {
      const count = Math.floor((LONG_LINE_BYTES - line.length) / Buffer.byteLength(filling))
      return Buffer.concat([line.subarray(0, at), Buffer.from(filling.repeat(count)), line.subarray(at)])
    }),
  )
}
