import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EnvelopeName, formatLabel } from '../../../../../../services/ingest/core/format-spec.ts'
import { MAX_LINE_BYTES } from '../../../../../../services/ingest/core/parsed-block.ts'
import { COMBINED, eventsOf, NDJSON, parseLog, readLine, readLog } from '../read-log.ts'

const LINE = '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 500 5 "-" "caf\\xc3\\xa9 \\"x\\""'

const inside = (envelope: EnvelopeName) => ({ ...COMBINED, envelope })
const toCri = (text: string, tag = 'F', stream = 'stdout') => `2026-11-21T10:00:00.123456789Z ${stream} ${tag} ${text}`
const toDocker = (log: string, stream = 'stdout') =>
  JSON.stringify({ log, stream, time: '2026-11-21T10:00:00.123456789Z' })

test.each([
  ['cri', toCri(LINE)],
  ['cri', `2026-11-21T12:00:00.123456789+02:00 stderr F ${LINE}`],
  ['cri', toCri(LINE, 'F:some-tag')],
  ['docker', toDocker(`${LINE}\n`)],
  ['docker', toDocker(`${LINE}\r\n`)],
  [
    'docker',
    `{"log":${JSON.stringify(`${LINE}\n`)},"stream":"stdout","attrs":{"tag":"web"},"time":"2026-11-21T10:00:00Z"}`,
  ],
  ['syslog', `<190>Nov 21 10:00:00 nginx: ${LINE}`],
  ['syslog', `Nov  1 10:00:00 nginx[7]: ${LINE}`],
  ['syslog', `<134>1 2026-11-21T10:00:00Z - nginx - - - ${LINE}`],
] as const)('a line in %s says what it says alone: %s', (envelope, line) => {
  expect(readLine(line, inside(envelope))).toEqual(readLine(LINE, COMBINED))
})

test.each([
  `<190>Nov 21 10:00:00 edge-1 nginx: ${LINE}`,
  `Nov 21 10:00:00 edge-1 nginx[1234]: ${LINE}`,
  `Nov 21 10:00:00 edge-1 ${LINE}`,
  `2026-11-21T10:00:00.123456+00:00 edge-1 nginx: ${LINE}`,
  `<190>1 2026-11-21T10:00:00.123Z edge-1 nginx 7 - - ${LINE}`,
  `1 2026-11-21T10:00:00.123Z edge-1 nginx 7 ID47 [a@1 x="]\\"" y="2"][b@1 z="3"] \uFEFF${LINE}`,
])("syslog's host is the line's when it has none: %s", (line) => {
  expect(readLine(line, inside('syslog'))).toEqual({ ...readLine(LINE, COMBINED), host: 'edge-1' })
})

test("a line's own host is kept", () => {
  const line = '{"ts":"2026-11-21T10:00:00Z","status":200,"host":"pod-1"}'
  const wrapped = `Nov 21 10:00:00 node-1 app: ${line}`
  expect(readLine(wrapped, { ...NDJSON, envelope: 'syslog' }).host).toBe('pod-1')
})

test('a line that a container runtime cut up is one event, also between lines of the other stream', () => {
  const [a, b, c] = [LINE.slice(0, 20), LINE.slice(20, 70), LINE.slice(70)]
  const cri = [toCri(a, 'P'), toCri(b, 'P'), toCri(LINE, 'F', 'stderr'), toCri(c), toCri(LINE)].join('\n')
  const docker = [toDocker(a), toDocker(b), toDocker(`${LINE}\n`, 'stderr'), toDocker(`${c}\n`), toDocker(`${LINE}\n`)]
  const event = readLine(LINE, COMBINED)
  for (const block of [parseLog(cri, inside('cri')), parseLog(docker.join('\n'), inside('docker'))]) {
    expect(eventsOf(block)).toEqual([event, event, event])
    expect(block).toMatchObject({ lines: 5, parsed: 3, blank: 2, rejected: 0 })
  }
})

test('what is in no envelope is a reject as it stands in the log', () => {
  for (const envelope of ['cri', 'docker', 'syslog'] as const) {
    const block = parseLog(`${LINE}\n`, inside(envelope))
    expect(block.rejects).toMatchObject([
      { reason: 'unmatched', byteOffset: 0, text: LINE.replace('10.0.0.1', '10.0.0.0') },
    ])
  }
  const wrapped = toDocker('no access \\"log\\"\n')
  const block = parseLog(`${toDocker(`${LINE}\n`)}\n${wrapped}`, inside('docker'))
  expect(block.rejects).toMatchObject([{ lineNumber: 2, reason: 'unmatched', text: wrapped }])
})

test('a fault is told by the text inside', () => {
  const log = toDocker('{"ts":"2026-11-21T10:00:00Z","status":777}\n')
  const block = parseLog(log, { ...NDJSON, envelope: 'docker' })
  expect(block.rejects[0]?.detail).toBe('status: expected a status from 100 to 599, found 777')
})

test('empty output of a program is no reject', () => {
  const log = [toCri(''), toDocker('\n')]
  expect(parseLog(log[0] ?? '', inside('cri'))).toMatchObject({ blank: 1, rejected: 0 })
  expect(parseLog(log[1] ?? '', inside('docker'))).toMatchObject({ blank: 1, rejected: 0 })
})

test('parts never become a line longer than a line may be', () => {
  const part = toCri('x'.repeat(MAX_LINE_BYTES / 2), 'P')
  const block = parseLog([part, part, toCri('x')].join('\n'), inside('cri'))
  expect(block.rejects).toMatchObject([{ reason: 'line-too-long' }])
})

test('a Docker record says what its text was, whatever that is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const event = JSON.stringify({ ts: 1_795_255_200, status: 200, user_agent: text })
      const [alone] = readLog(event, NDJSON)
      expect(readLine(toDocker(`${event}\n`), { ...NDJSON, envelope: 'docker' })).toEqual(alone)
      const escaped = toDocker(`${event}\n`).replaceAll(/[^\x20-\x7e]/g, toUnicodeEscape)
      expect(readLine(escaped, { ...NDJSON, envelope: 'docker' })).toEqual(alone)
    }),
  )
})

function toUnicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

test('a format in an envelope is named by both', () => {
  expect(formatLabel(inside('cri'))).toBe('cri:combined')
  expect(formatLabel(COMBINED)).toBe('combined')
})
