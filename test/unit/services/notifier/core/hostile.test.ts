import { expect, test } from 'vitest'
import { toEmail } from '../../../../../services/notifier/core/email-text.ts'
import { toGrafanaAnnotation } from '../../../../../services/notifier/core/grafana-annotation.ts'
import { toOpsgenieCall } from '../../../../../services/notifier/core/opsgenie-alert.ts'
import { toPagerDutyEvent } from '../../../../../services/notifier/core/pagerduty-event.ts'
import { toSlackMessage } from '../../../../../services/notifier/core/slack-blocks.ts'
import { toTeamsCard } from '../../../../../services/notifier/core/teams-card.ts'
import { HOSTILE } from '../../../../support/hostile-texts.ts'
import { findBlockErrors, type Json } from '../../../../support/slack-limits.ts'
import { hostileIncident } from '../hostile-incident.ts'
import { sampleMessage, sampleNotices } from '../notifier-world.ts'

/** Every text in it, whatever it is a part of. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Controls but for line breaks, and what turns a text around or hides in it. */
const UNSEEN = /(?!\n)\p{Cc}|\p{Cf}|\u2028|\u2029/u

test.each(HOSTILE)('%j is text on every channel, and nothing else', (text) => {
  const message = sampleMessage(hostileIncident(text))
  const slack = toSlackMessage(message, { isInteractive: true, chartFileId: null })
  expect(findBlockErrors(slack as unknown as Json)).toEqual([])
  expect(JSON.stringify(slack.blocks)).not.toContain('mrkdwn')
  expect(slack.text).not.toMatch(/<[^>]*>/)
  const email = toEmail(message, sampleNotices())
  expect(email.subject).not.toMatch(/[\r\n]/)
  const teams = toTeamsCard(message, '')
  // Its text blocks are Markdown.
  expect(JSON.stringify(teams)).not.toContain('"TextBlock"')
  const grafana = toGrafanaAnnotation(message)
  expect(grafana.text).not.toMatch(/[<>"]/)
  const shown = [
    ...[slack.text, email.subject, email.text, grafana.text],
    ...textsIn(teams),
    ...textsIn(toPagerDutyEvent(message, sampleNotices(), 'key')),
    ...textsIn(toOpsgenieCall(message, sampleNotices())),
  ]
  expect(shown.filter((one) => UNSEEN.test(one))).toEqual([])
  expect(message.links.map(({ url }) => new URL(url).protocol)).toEqual(['https:', 'https:'])
})
