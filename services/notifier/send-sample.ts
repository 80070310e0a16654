import { toldAfter } from './core/decide-notice.ts'
import { type IncidentMessage, toMessage } from './core/incident-message.ts'
import type { IncidentNews } from './core/incident-news.ts'
import { type Notice, noticeId } from './core/notice.ts'
import { noticeText } from './core/notice-words.ts'
import { sampleNews } from './core/sample-news.ts'
import type { Channel } from './io/channel.ts'

/**
 * Sends an incident that never was to a target, labelled so, and its end, so that nothing stays open. Rejects with a
 * DeliveryError.
 */
export async function sendSample(
  channel: Channel,
  target: string,
  of: { nowMs: number; publicUrl: string | null },
): Promise<void> {
  const { nowMs, publicUrl } = of
  const at = { nowMs, silence: undefined, rollback: undefined, changes: [], blameAt: 0.5, repeatMs: null }
  const context = { ...at, offer: undefined, publicUrl, runbookUrl: null }
  const [open, over] = [sampleNews(nowMs, false), sampleNews(nowMs, true)]
  const opened = toNotice(open, target, { reason: 'opened', told: undefined, at })
  const recovered = toNotice(over, target, { reason: 'recovered', told: opened.told, at })
  const drawChart = async () => undefined
  const receipt = await channel.send({
    message: label(toMessage(open, context)),
    document: open.document,
    notices: [opened],
    receipt: undefined,
    drawChart,
  })
  await channel.send({
    message: label(toMessage(over, context)),
    document: over.document,
    notices: [recovered],
    receipt,
    drawChart,
  })
}

function toNotice(
  news: IncidentNews,
  target: string,
  of: { reason: 'opened' | 'recovered'; told: Notice['told'] | undefined; at: Parameters<typeof toldAfter>[2]['at'] },
): Notice {
  const { reason, told, at } = of
  const incidentId = news.incident.id
  const after = toldAfter(told, reason, { news, at })
  return {
    id: noticeId({ incidentId, target, reason, told: after }),
    incidentId,
    target,
    reason,
    text: `sample: ${noticeText(reason, { ...of.at, news, told })}`,
    state: 'due',
    createdAtMs: at.nowMs,
    sentAtMs: null,
    told: after,
    receipt: null,
  }
}

function label(message: IncidentMessage): IncidentMessage {
  return { ...message, headline: `[sample] ${message.headline}` }
}
