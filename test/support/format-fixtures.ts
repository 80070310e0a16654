import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parseFormatArgument } from '../../services/cli/format-argument.ts'
import type { FormatSpec } from '../../services/ingest/core/format-spec.ts'

/*
 * test/fixtures/formats/<format>.log or <format>--<variant>.log; next to it <…>.expected.ndjson with an event per line, in the
 * log's order, and after them a line {"line":7,"rejected":"unmatched"} for each that is none; and <…>.format with what --format
 * has to say where the name doesn't suffice.
 */
export interface Fixture {
  readonly name: string
  readonly log: Buffer
  readonly spec: FormatSpec
  /** What --format says. */
  readonly asked: string
  /** Its spec can't be found from its lines: only its user knows it. */
  readonly isTold: boolean
  readonly events: readonly unknown[]
  readonly rejects: readonly FixtureReject[]
}

export interface FixtureReject {
  readonly line: number
  readonly rejected: string
}

const FOLDER = new URL('../fixtures/formats/', import.meta.url)

export function readFixtures(): Fixture[] {
  const names = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -'.log'.length)] : []))
  return names.sort().map(readFixture)
}

function readFixture(name: string): Fixture {
  const formatFile = new URL(`${name}.format`, FOLDER)
  const isTold = existsSync(formatFile)
  const asked = isTold ? readFileSync(formatFile, 'utf8').trim() : String(name.split('--')[0])
  const spec = parseFormatArgument(asked)
  if (spec === 'auto') throw new Error(`${name}: a fixture has a format`)
  const expected = readFileSync(new URL(`${name}.expected.ndjson`, FOLDER), 'utf8')
  const lines: unknown[] = expected
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const isReject = (line: unknown): line is FixtureReject =>
    typeof line === 'object' && line !== null && 'rejected' in line
  return {
    name,
    log: readFileSync(new URL(`${name}.log`, FOLDER)),
    spec,
    asked,
    isTold,
    events: lines.filter((line) => !isReject(line)),
    rejects: lines.filter(isReject),
  }
}
