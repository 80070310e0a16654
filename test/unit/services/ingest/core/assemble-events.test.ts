import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventAssembler } from '../../../../../services/ingest/core/assemble-events.ts'
import {
  BAD_FIELD,
  BAD_TIME,
  COUNT,
  faultIn,
  type LineFormat,
  NO_STATUS,
  NO_TIME,
  NOT_JSON,
  OK,
  SERVICE,
  SKIPPED,
  STATUS,
  TARGET,
  TIME,
} from '../../../../../services/ingest/core/formats/line-format.ts'
import { createLineBatch } from '../../../../../services/ingest/core/line-batch.ts'
import type { BlockParserOptions } from '../../../../../services/ingest/core/parsed-block.ts'
import { wireEvents } from '../../../../../services/ingest/core/wire-event.ts'
import { type Fields, scannedLines } from './scanned-lines.ts'

const FORMAT: LineFormat = { scan: () => OK, time: 'rfc3339-or-epoch', escaping: 'json' }
const OPTIONS: BlockParserOptions = { format: { name: 'ndjson' }, env: 'prod' }

/** A line as a scanner left it: what it said of it, and the fields that it found. */
interface Scanned {
  readonly outcome: number
  readonly fields: Fields
}

type Block = readonly (readonly Scanned[])[]

/** Makes the events of blocks of batches; `dropped` are the outcomes and line numbers that were no events. */
function createReader(options: Partial<BlockParserOptions> = {}) {
  const assembler = createEventAssembler(FORMAT, { ...OPTIONS, ...options })
  return (batches: Block) => {
    assembler.begin(1)
    const dropped = batches.map((lines) => {
      const outcomes: [number, number][] = []
      const { source, slots } = scannedLines(lines.map(({ fields }) => fields))
      const batch = { ...createLineBatch(), slots, size: lines.length }
      for (const [line, { outcome }] of lines.entries()) batch.outcomes[line] = outcome
      assembler.append(source, batch, (outcome, line) => outcomes.push([outcome, line]))
      return outcomes
    })
    const { columns, requests, serviceOrigins, fromMs, toMs } = assembler.finish()
    return { events: [...wireEvents(columns)], dropped, requests, serviceOrigins, fromMs, toMs }
  }
}

const START_SECONDS = 1_772_323_200

const event = fc
  .record({
    second: fc.nat(1_000),
    status: fc.integer({ min: 100, max: 599 }),
    service: fc.constantFrom('a', 'b'),
    path: fc.constantFrom('/', '/users/7', '/users/8'),
    count: fc.integer({ min: 1, max: 1_000 }),
  })
  .map(({ second, status, service, path, count }) => ({
    outcome: OK,
    fields: {
      ...{ [TIME]: String(START_SECONDS + second), [STATUS]: String(status), [SERVICE]: service, [TARGET]: path },
      [COUNT]: String(count),
    },
  }))
const noEvent = fc.constantFrom<Scanned & { readonly dropped?: number }>(
  { outcome: NOT_JSON, fields: { [TIME]: '1772323200' } },
  { outcome: faultIn(SERVICE, BAD_FIELD), fields: { [SERVICE]: '12' } },
  { outcome: OK, fields: {}, dropped: NO_TIME },
  { outcome: OK, fields: { [TIME]: '1772323200' }, dropped: NO_STATUS },
  { outcome: OK, fields: { [TIME]: 'soon', [STATUS]: '200' }, dropped: faultIn(TIME, BAD_TIME) },
  { outcome: OK, fields: { [TIME]: '1772323200', [STATUS]: '777' }, dropped: faultIn(STATUS, BAD_FIELD) },
)
const lines = fc.array(fc.oneof(event, noEvent), { maxLength: 12 })
const block: fc.Arbitrary<(Scanned & { readonly dropped?: number })[][]> = fc.array(lines, { maxLength: 4 })

function isEvent(line: Scanned & { readonly dropped?: number }): boolean {
  return line.outcome === OK && line.dropped === undefined
}

test('every line becomes an event, in its order, or is handed back with what was wrong with it', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 3 }), (blocks) => {
      const read = createReader()
      for (const batches of blocks) {
        const { events, dropped, requests, serviceOrigins, fromMs, toMs } = read(batches)
        const kept = batches.flat().filter(isEvent)
        const seconds = kept.map(({ fields }) => Number(fields[TIME]))
        expect(
          events.map(({ ts, status, service, path, count }) => [Date.parse(ts) / 1000, status, service, path, count]),
        ).toEqual(
          kept.map(({ fields }) => [
            ...[Number(fields[TIME]), Number(fields[STATUS]), fields[SERVICE], fields[TARGET]],
            Number(fields[COUNT]),
          ]),
        )
        expect(dropped).toEqual(
          batches.map((batch) =>
            batch.flatMap((line, i) => (isEvent(line) ? [] : [[line.dropped ?? line.outcome, i]])),
          ),
        )
        expect(requests).toBe(kept.reduce((sum, { fields }) => sum + Number(fields[COUNT]), 0))
        expect(serviceOrigins).toEqual(kept.length === 0 ? {} : { field: kept.length })
        expect([fromMs, toMs]).toEqual([Math.min(...seconds) * 1000, Math.max(...seconds) * 1000])
      }
    }),
    { numRuns: 200 },
  )
})

test('an event outside the wanted time is handed back as skipped', () => {
  const at = (second: number): Scanned => ({
    outcome: OK,
    fields: { [TIME]: String(START_SECONDS + second), [STATUS]: '200' },
  })
  const read = createReader({ fromMs: START_SECONDS * 1000, toMs: (START_SECONDS + 10) * 1000 })
  const { events, dropped } = read([[at(-1), at(0), at(9), at(10)]])
  expect(events.map(({ ts }) => ts)).toEqual(['2026-03-01T00:00:00.000Z', '2026-03-01T00:00:09.000Z'])
  expect(dropped).toEqual([
    [
      [SKIPPED, 0],
      [SKIPPED, 3],
    ],
  ])
})

test('the constants of the log name what its lines do not', () => {
  const line = { outcome: OK, fields: { [TIME]: '1772323200', [STATUS]: '200', [SERVICE]: 'a' } }
  const { events, serviceOrigins } = createReader({ service: 'shop', env: 'staging' })([[line]])
  expect(events).toMatchObject([{ service: 'shop', env: 'staging' }])
  expect(serviceOrigins).toEqual({ constant: 1 })
})

test('its memory of values grows with new ones only', () => {
  const assembler = createEventAssembler(FORMAT, OPTIONS)
  const weigh = (path: string) => {
    const { source, slots } = scannedLines([{ [TIME]: '1772323200', [STATUS]: '200', [TARGET]: path }])
    assembler.begin(1)
    assembler.append(source, { ...createLineBatch(), slots, size: 1 }, () => {})
    return assembler.weight()
  }
  const [first = 0, again = 0, second = 0] = ['/a', '/a', '/b'].map(weigh)
  expect(again).toBe(first)
  expect(second).toBeGreaterThan(first)
})
