import { expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../../../services/cli/config.ts'
import { notifySchema } from '../../../../services/notifier/config.ts'
import { loadConfig } from '../../../../shared/runtime/load-config.ts'

const schema = z.strictObject({ notify: notifySchema.prefault({}) })
const load = (text: string) => loadConfig(schema, { file: { path: 'culprit.yaml', text }, environment: {} })

test('nothing set up: nobody is told', async () => {
  expect((await readConfig(undefined, {})).notify).toMatchObject({ routes: [], repeat: 4 * 3_600_000 })
})

test('a secret comes from the environment', async () => {
  const { notify } = await readConfig(undefined, {
    CULPRIT_NOTIFY__SLACK__BOT_TOKEN: 'xoxb-1234567',
    CULPRIT_NOTIFY__SLACK__CHANNEL: '#incidents',
  })
  expect(notify.slack).toMatchObject({ bot_token: 'xoxb-1234567', channel: '#incidents' })
})

test.each([
  ['notify:\n  slak:\n    channel: a\n', 'culprit.yaml:2: unknown setting notify.slak: did you mean slack?'],
  [
    'notify:\n  slack:\n    bot_token: xoxb-1234567\n',
    'culprit.yaml:2: wrong value of notify.slack.channel: is missing',
  ],
  [
    'notify:\n  slack:\n    channel: "#a"\n',
    'culprit.yaml:2: wrong value of notify.slack: set bot_token and channel, or webhook_url',
  ],
  [
    'notify:\n  slack:\n    webhook_url: hooks.slack.com\n',
    'culprit.yaml:3: wrong value of notify.slack.webhook_url: must be an address',
  ],
  ['notify:\n  default: [pager]\n', 'culprit.yaml:2: wrong value of notify.default.0: must be one of slack, pagerduty'],
  [
    'notify:\n  default: [pagerduty]\n',
    'culprit.yaml:2: wrong value of notify.default.0: notify.pagerduty is not set up',
  ],
  [
    'notify:\n  webhook:\n    url: https://a.example\n    secret: whsec_short\n',
    'culprit.yaml:4: wrong value of notify.webhook.secret: must be whsec_',
  ],
  [
    'notify:\n  maintenance:\n    - { cron: "2 * *", for: 2h }\n',
    'wrong value of notify.maintenance.0.cron: must be five fields',
  ],
  ['notify:\n  maintenance:\n    - { cron: "0 0 31 2 *", for: 2h }\n', 'of a time that comes'],
  ['notify:\n  maintenance:\n    - { cron: "0 2 * * *", for: 2h, time_zone: Mars }\n', 'is no time zone'],
  [
    `notify:\n  rollback: { url: "https://r.example.com", secret: "whsec_${'a'.repeat(32)}" }\n`,
    'wrong value of notify.rollback.mode: button: needs notify.slack with bot_token and signing_secret',
  ],
  ['notify:\n  repeat: 10s\n', 'culprit.yaml:2: wrong value of notify.repeat: must be 0s (never) or at least 5m'],
])('%j is refused with its line', (text, said) => {
  expect(() => load(text)).toThrow(said)
})

test('a refusal does not tell a secret', () => {
  const text = 'notify:\n  pagerduty:\n    routing_key: s3cr3t\n'
  expect(() => load(text)).toThrow(/^(?!.*s3cr3t).*routing_key/)
})

test('routes by service, environment and severity, each one or several', () => {
  const { notify } = load(`
notify:
  slack: { bot_token: xoxb-1234567, channel: "#incidents" }
  email: { smtp_url: "smtp://mail.example", from: culprit@example.com, to: [on-call@example.com] }
  routes:
    - { service: checkout, severity: critical, to: [slack, "slack:#checkout", "email:ana@example.com"] }
    - { env: [staging, dev], to: [] }
`)
  expect(notify.routes).toEqual([
    { service: ['checkout'], severity: ['critical'], to: ['slack', 'slack:#checkout', 'email:ana@example.com'] },
    { env: ['staging', 'dev'], to: [] },
  ])
})

test('a rollback is started by a person, dry, until somebody says otherwise', () => {
  const { notify } = load(`
notify:
  slack: { bot_token: xoxb-1234567, signing_secret: 8f742231b10e, channel: "#incidents" }
  rollback: { url: "https://r.example.com", secret: whsec_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }
`)
  expect(notify.rollback).toMatchObject({ mode: 'button', dry_run: true, daily_max: 3, cooldown: 3_600_000 })
})
