import { expect, test } from 'vitest'
import { createEventLog } from '../../../../../services/api/core/event-log.ts'

const dataOf = (frame: string) => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '') as unknown

test('whoever comes back is told what came since, in order', () => {
  const log = createEventLog('run')
  const start = log.newestId()
  log.add('incident', { n: 1 })
  const seen = log.newestId()
  log.add('incident', { n: 2 })
  log.add('incident', { n: 3 })
  expect(log.after(seen)?.map(({ frame }) => dataOf(frame))).toEqual([{ n: 2 }, { n: 3 }])
  expect(log.after(start)).toHaveLength(3)
  expect(log.after(log.newestId())).toEqual([])
})

test('what is no longer known, or was said by another run, is not told as nothing', () => {
  const log = createEventLog('run')
  const start = log.newestId()
  for (let n = 0; n < 1_001; n++) log.add('incident', n)
  expect(log.after(start)).toBeUndefined()
  expect(log.after('run.1')).toHaveLength(1_000)
  expect(log.after('earlier.5')).toBeUndefined()
})

test('what is kept is bounded in bytes, too', () => {
  const log = createEventLog('run')
  for (let n = 0; n < 40; n++) log.add('incident', 'x'.repeat(1024 * 1024))
  expect(log.after('run.31')).toBeUndefined()
  expect(log.after('run.35')).toHaveLength(5)
})

test('no text can end an event early or begin another', () => {
  const log = createEventLog('run')
  log.add('incident', { text: 'a\n\nevent: gap\r\ndata: \u2028' })
  const [event] = log.after('run.0') ?? []
  expect(event?.frame.split('\n')).toHaveLength(5)
})
