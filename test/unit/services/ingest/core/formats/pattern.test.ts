import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteSource } from '../../../../../../services/ingest/core/byte-source.ts'
import {
  BATCH_LINES,
  createSlots,
  FIELD_NAMES,
  METHOD,
  OK,
  ROUTE,
  STATUS,
  slotOf,
  TARGET,
  TIME,
  UNMATCHED,
  UPSTREAM,
  USER_AGENT,
} from '../../../../../../services/ingest/core/formats/line-format.ts'
import {
  compilePattern,
  IGNORED,
  type Pattern,
  type PatternStep,
  REQUEST_LINE,
} from '../../../../../../services/ingest/core/formats/pattern.ts'
import { amid, type Piece, slotText } from '../scanned-lines.ts'

const LINE = 5

/** Outcome and fields of a piece of a block. */
function scanPiece(pattern: Pattern, { source, start, end }: Piece) {
  const slots = createSlots()
  const outcome = compilePattern(pattern)(source, start, end, slots, LINE)
  const texts = FIELD_NAMES.map((_, field) => [field, slotText(source, slots, field, LINE)] as const)
  const fields = Object.fromEntries(texts.filter(([, text]) => text !== undefined))
  const isElsewhere = slots.some((slot, i) => slot !== -1 && i % BATCH_LINES !== LINE)
  return { outcome, fields, isElsewhere }
}

function scan(pattern: Pattern, line: string) {
  return scanPiece(pattern, amid(line, '\n7"]} '))
}

const found = (fields: Readonly<Record<number, string>>) => ({ outcome: OK, fields, isElsewhere: false })

const FIELDS = [ROUTE, UPSTREAM, IGNORED, USER_AGENT, TARGET, METHOD]
const separator = fc.constantFrom(' ', '|', '"', ' "', '" "', '] "', '  ', ', ', '\t', '":"', ' - - [', '||')
const value = fc.string({ unit: fc.constantFrom('a', '7', '.', '/', 'é', '-', '='), maxLength: 8 })

/** A pattern, and the values of a line of it. */
const patternAndValues = fc
  .record({
    prefix: fc.constantFrom('', '<', 'log: "'),
    parts: fc.array(fc.tuple(separator, value), { minLength: 1, maxLength: FIELDS.length }),
    last: fc.constantFrom('', ' end', '"'),
  })
  .map(({ prefix, parts, last }) => {
    const untils = parts.map(([until], i) => (i === parts.length - 1 ? last : until))
    const steps = untils.map((until, i): PatternStep => ({ field: FIELDS[i] ?? IGNORED, until }))
    return { pattern: { prefix, steps }, values: parts.map(([, text]) => text) }
  })

function lineOf({ prefix, steps }: Pattern, values: readonly string[]): string {
  return prefix + steps.map(({ until }, i) => `${values[i]}${until}`).join('')
}

test('gives back the values that a line was built from', () => {
  fc.assert(
    fc.property(patternAndValues, ({ pattern, values }) => {
      const pairs = values.map((text, i) => [FIELDS[i] ?? IGNORED, text] as const)
      const present = pairs.filter(([field, text]) => field !== IGNORED && text !== '' && text !== '-')
      expect(scan(pattern, lineOf(pattern, values))).toEqual(found(Object.fromEntries(present)))
    }),
    { numRuns: 1_000 },
  )
})

test('a line that ends early, or goes on, is not matched', () => {
  fc.assert(
    fc.property(patternAndValues, fc.nat(), ({ pattern, values }, cut) => {
      const line = lineOf(pattern, values)
      const last = pattern.steps.at(-1)?.until ?? ''
      fc.pre(last !== '')
      expect(scan(pattern, line.slice(0, cut % line.length)).outcome).toBe(UNMATCHED)
      expect(scan(pattern, `${line} more`).outcome).toBe(UNMATCHED)
      expect(scan(pattern, `x${line}`).outcome === OK).toBe(pattern.prefix === '')
    }),
  )
})

const anyLine = fc.string({
  unit: fc.constantFrom(' ', '"', '\\', ',', ':', '|', '-', '[', ']', 'a', 'é'),
  maxLength: 40,
})
const anyStep = fc.record({
  field: fc.constantFrom(...FIELDS, REQUEST_LINE, TIME),
  until: separator,
  isList: fc.boolean(),
})

test('never throws on any line, keeps within it, and says the same wherever it stands', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 4 }), anyLine, (steps, line) => {
      const source = toByteSource(Buffer.from(line))
      const pattern = { prefix: '', steps }
      expect(scan(pattern, line)).toEqual(scanPiece(pattern, { source, start: 0, end: source.bytes.length }))
    }),
    { numRuns: 1_000 },
  )
})

const AGENT: Pattern = {
  prefix: '"',
  steps: [
    { field: USER_AGENT, until: '" ' },
    { field: ROUTE, until: '' },
  ],
}

test('a quote that is escaped in the line does not end a value', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '\\', ' ', 'a'), minLength: 2, maxLength: 20 }), (text) => {
      const written = text.replaceAll(/["\\]/g, '\\$&')
      expect(scan(AGENT, `"${written}" route`)).toEqual(found({ [USER_AGENT]: written, [ROUTE]: 'route' }))
    }),
    { numRuns: 500 },
  )
})

const UPSTREAMS: Pattern = {
  prefix: '',
  steps: [
    { field: UPSTREAM, until: ' ', isList: true },
    { field: ROUTE, until: '' },
  ],
}

test('of a list the last entry counts, whatever separates the entries', () => {
  const entry = fc.stringMatching(/^[a-z0-9.]{1,8}(:[0-9]{1,4})?$/)
  const rest = fc.array(fc.tuple(fc.constantFrom(', ', ' : '), entry), { maxLength: 4 })
  fc.assert(
    fc.property(entry, rest, (first, others) => {
      const list = first + others.flat().join('')
      expect(scan(UPSTREAMS, `${list} route`)).toEqual(
        found({ [UPSTREAM]: others.at(-1)?.[1] ?? first, [ROUTE]: 'route' }),
      )
    }),
  )
})

test('of a list whose last entry is a hyphen there is no value', () => {
  expect(scan(UPSTREAMS, '10.0.0.1:80, - route')).toEqual(found({ [ROUTE]: 'route' }))
})

test('a request line becomes method and target', () => {
  const steps = [
    { field: REQUEST_LINE, until: '" ' },
    { field: STATUS, until: '' },
  ]
  const request = { [METHOD]: 'GET', [TARGET]: '/a b', [STATUS]: '200' }
  expect(scan({ prefix: '"', steps }, '"GET /a b HTTP/1.1" 200')).toEqual(found(request))
  expect(scan({ prefix: '"', steps }, '"-" 400')).toEqual(found({ [STATUS]: '400' }))
})

test('a hyphen is no value, but as a status it says that there was none', () => {
  const steps = [STATUS, ROUTE, UPSTREAM].map((field, i) => ({ field, until: i < 2 ? ' ' : '' }))
  expect(scan({ prefix: '', steps }, '- - -')).toEqual(found({ [STATUS]: '-' }))
  expect(scan({ prefix: '', steps }, '-- -- --')).toEqual(found({ [STATUS]: '--', [ROUTE]: '--', [UPSTREAM]: '--' }))
})

test.each(['\\" ', '" , ', 'a, ', '\\'])('a long line made of %j takes no more than its length', (part) => {
  const steps = [
    { field: USER_AGENT, until: '" |' },
    { field: UPSTREAM, until: ' ', isList: true },
    { field: ROUTE, until: '' },
  ]
  const slots = createSlots()
  const { source, start, end } = amid(part.repeat(1_000_000))
  expect(compilePattern({ prefix: '', steps })(source, start, end, slots, 0)).toBe(UNMATCHED)
  expect(compilePattern({ prefix: '', steps: steps.slice(1) })(source, start, end, slots, 0)).toBeGreaterThanOrEqual(OK)
  expect(slots[slotOf(ROUTE) + BATCH_LINES] ?? 0).toBeLessThanOrEqual(end)
})
