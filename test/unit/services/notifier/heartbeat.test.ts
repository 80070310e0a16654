import { afterEach, beforeEach, expect, test } from 'vitest'
import { beat } from '../../../../services/notifier/heartbeat.ts'
import { createGuardedFetch } from '../../../../shared/runtime/guarded-fetch.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { type HttpSink, startHttpSink } from '../../../support/http-sink.ts'

let sink: HttpSink
let lines: string[]

beforeEach(async () => {
  sink = await startHttpSink()
  lines = []
})
afterEach(() => sink.close())

const beatWhile = (problem: () => Promise<string | undefined>) => {
  const log = createLog({ level: 'warn', write: (line) => void lines.push(line) })
  return beat({ fetch: createGuardedFetch({ allowedHosts: ['127.0.0.1'] }), problem, log }, `${sink.url}/secret-id`)
}

test('the dead-man switch is called while we see', async () => {
  await beatWhile(async () => undefined)
  expect(sink.requests.map(({ method, path }) => [method, path])).toEqual([['POST', '/secret-id']])
  expect(lines).toEqual([])
})

test.each([
  ['we are blind', async () => 'the detector has judged nothing for ten minutes'],
  [
    'the store does not answer',
    async () => {
      throw new Error('no store')
    },
  ],
])('it is not called when %s, and the log says why', async (_what, problem) => {
  await beatWhile(problem)
  expect(sink.requests).toEqual([])
  expect(lines).toHaveLength(1)
})

test('a switch that refuses, or is not there, ends nothing and its address stays out of the log', async () => {
  sink.answer(500)
  await beatWhile(async () => undefined)
  await sink.close()
  await beatWhile(async () => undefined)
  expect(lines).toHaveLength(2)
  expect(lines.join()).not.toContain('secret-id')
  sink = await startHttpSink()
})
