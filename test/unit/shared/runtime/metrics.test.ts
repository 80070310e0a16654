import { expect, test } from 'vitest'
import { createMetrics } from '../../../../shared/runtime/metrics.ts'

test('what can not be read, or not in time, is left out, and all else is told', async () => {
  const metrics = createMetrics({ readMsMax: 20 })
  let isGone = false
  metrics.counter('taken_total', 'Taken.')(3)
  metrics.gauge('waiting', 'Waiting.', async () => {
    if (isGone) throw new Error('the store does not answer')
    return 7
  })
  metrics.gauge('stuck', 'Never answers.', () => new Promise<number>(() => {}))
  metrics.gaugeOf({ name: 'of_each', help: 'Of each.', labels: ['part'] }, async () => {
    if (isGone) throw new Error('the store does not answer')
    return [{ labels: { part: 'a' }, value: 1 }]
  })
  expect((await metrics.render()).text.match(/^[a-z].*$/gm)).toEqual([
    'taken_total 3',
    'waiting 7',
    'of_each{part="a"} 1',
  ])
  isGone = true
  expect((await metrics.render()).text.match(/^[a-z].*$/gm)).toEqual(['taken_total 3'])
  isGone = false
  expect((await metrics.render()).text).toContain('waiting 7')
})
