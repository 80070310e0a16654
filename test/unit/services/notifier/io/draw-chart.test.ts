import { loadImage } from '@napi-rs/canvas'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { drawChart } from '../../../../../services/notifier/io/draw-chart.ts'
import { type FakeSlack, startFakeSlack } from '../../../../support/fake-slack.ts'
import { incident, view } from '../../cli/incident-samples.ts'
import { createClock, createNoticeTable, document, openIncident, slackBot, startNotifier } from '../notifier-world.ts'

let slack: FakeSlack

beforeEach(async () => {
  slack = await startFakeSlack()
})
afterEach(() => slack.close())

const tellWith = async (picture: () => Promise<Uint8Array | undefined>) => {
  const clock = createClock()
  const of = { clock, channel: slackBot(slack, clock), table: createNoticeTable() }
  const notifier = startNotifier(of, { drawChart: picture })
  await notifier.takeIncidents([document(openIncident())])
  await notifier.idle()
  clock.advance(3_600_000)
  await notifier.takeIncidents([document(incident())])
  await notifier.idle()
}

test('the picture is a PNG of 1840 by 640 pixels, whatever was asked while it lasted', async () => {
  const plain = view(incident())
  const silent = { ...plain.chart.total, points: plain.chart.total.points.map(() => ({ requests: 0, errors: 0 })) }
  for (const one of [plain, { ...plain, chart: { ...plain.chart, total: silent } }]) {
    const { width, height } = await loadImage(Buffer.from(drawChart(one)))
    expect([width, height]).toEqual([1840, 640])
  }
})

test('a message stands before its picture, which is uploaded and then shown in it', async () => {
  const picture = drawChart(view(incident()))
  await tellWith(async () => picture)
  expect(slack.calls.map(({ method }) => method)).toEqual([
    'chat.postMessage',
    'files.getUploadURLExternal',
    'files.completeUploadExternal',
    'chat.update',
    'chat.update',
    'chat.postMessage',
    'files.getUploadURLExternal',
    'files.completeUploadExternal',
    'chat.update',
  ])
  expect(slack.uploads.map(({ bytes }) => bytes.equals(Buffer.from(picture)))).toEqual([true, true])
  expect(JSON.stringify(slack.posts[0]?.message)).toContain('"slack_file":{"id":"F1"}')
})

test('without its picture a message is told all the same', async () => {
  await tellWith(async () => {
    throw new Error('no store')
  })
  expect(slack.posts).toHaveLength(2)
})
