import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createChunkSeams } from '../../../../../services/ingest/core/chunk-seams.ts'
import { detectFormat } from '../../../../../services/ingest/core/detect-format.ts'
import type { EnvelopeName } from '../../../../../services/ingest/core/format-spec.ts'
import { createBlockParser } from '../../../../../services/ingest/core/parse-block.ts'
import { eventsOf } from './read-log.ts'

const LOG = readFileSync(new URL('../../../../fixtures/formats/iis.log', import.meta.url), 'utf8')
const LINES = LOG.split(/\r?\n/).filter((line) => line !== '' && !line.includes('\u0000'))
const WRAP: Readonly<Record<EnvelopeName, (line: string) => string>> = {
  cri: (line) => `2026-11-21T10:00:00.123456789Z stdout F ${line}`,
  docker: (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-11-21T10:00:00.123456789Z' }),
  shipper: (line) =>
    JSON.stringify({ '@timestamp': '2026-11-21T10:00:00.123Z', message: line, host: { name: 'web-1' } }),
  syslog: (line) => `<134>1 2026-11-21T10:00:00.123Z web-1 iis 7 - - ${line}`,
}
const ENVELOPES = ['cri', 'docker', 'shipper', 'syslog'] as const
const pathsOf = (events: ReturnType<typeof eventsOf>) => events.map(({ path, status }) => `${path} ${status}`)

test.each(ENVELOPES)('#Fields inside %s holds for the chunks after it, wherever they are cut', (envelope) => {
  const wrapped = LINES.map((line) => `${WRAP[envelope](line)}\n`)
  const spec = { name: 'iis', envelope } as const
  expect(detectFormat(Buffer.from(wrapped.join('')))).toMatchObject({ kind: 'known', spec })
  const parser = createBlockParser({ format: { name: 'iis' }, env: 'prod' })
  const expected = pathsOf(
    eventsOf(parser.parse(Buffer.from(LINES.join('\n')), { source: '', firstLine: 1, firstByte: 0 })),
  )
  for (let size = 1; size < LINES.length; size++) {
    const seams = createChunkSeams(spec)
    const chunked = createBlockParser({ format: spec, env: 'prod' })
    const events = Array.from({ length: Math.ceil(wrapped.length / size) }, (_, index) => {
      const bytes = Buffer.from(wrapped.slice(index * size, (index + 1) * size).join(''))
      const directives = seams.directivesBefore(bytes)
      return eventsOf(chunked.parse(bytes, { source: '', firstLine: 1, firstByte: 0, directives }))
    })
    expect(pathsOf(events.flat())).toEqual(expected)
  }
})

test('what a client sends is no directive', () => {
  const seams = createChunkSeams({ name: 'iis', envelope: 'shipper' })
  const fields = '#Fields: date time cs-method cs-uri-stem sc-status'
  const lines = [fields, '2026-11-21 10:00:00 GET /#Fields:x 200', '2026-11-21 10:00:01 GET /b 200'].map(WRAP.shipper)
  seams.directivesBefore(Buffer.from(`${lines.join('\n')}\n`))
  expect(seams.directivesBefore(Buffer.from(''))).toBe(`${fields}\n`)
})
