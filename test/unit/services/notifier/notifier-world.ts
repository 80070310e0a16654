import { toldAfter } from '../../../../services/notifier/core/decide-notice.ts'
import type { RollbackSettings } from '../../../../services/notifier/core/decide-rollback.ts'
import {
  type IncidentMessage,
  type MessageContext,
  toMessage,
} from '../../../../services/notifier/core/incident-message.ts'
import { toNews } from '../../../../services/notifier/core/incident-news.ts'
import type { Notice } from '../../../../services/notifier/core/notice.ts'
import type { RollbackAttempt } from '../../../../services/notifier/core/rollback-attempt.ts'
import type { NotifierSettings } from '../../../../services/notifier/core/settings.ts'
import type { Silence } from '../../../../services/notifier/core/silence.ts'
import type { Channel } from '../../../../services/notifier/io/channel.ts'
import { createPaced } from '../../../../services/notifier/io/http-post.ts'
import { createSlackBot } from '../../../../services/notifier/io/slack-bot.ts'
import { createRollbackHook, NO_ROLLBACKS, type RollbackHook } from '../../../../services/notifier/rollback-hook.ts'
import { createNotifier, type Notifier, type NotifierDeps } from '../../../../services/notifier/service.ts'
import type { Change } from '../../../../shared/domain/change.ts'
import { DEFAULT_ENV_ALIASES } from '../../../../shared/domain/env-aliases.ts'
import type { Incident } from '../../../../shared/domain/incident.ts'
import { type IncidentDocument, incidentToWire } from '../../../../shared/domain/incident-wire.ts'
import { createGuardedFetch } from '../../../../shared/runtime/guarded-fetch.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { FAKE_TOKEN, type FakeSlack } from '../../../support/fake-slack.ts'
import { at, incident } from '../cli/incident-samples.ts'

export const SETTINGS: NotifierSettings = {
  routes: [],
  defaultTargets: ['slack'],
  repeatMs: 4 * 3_600_000,
  blameAt: 0.5,
  publicUrl: 'https://culprit.example.com',
  runbooks: { checkout: 'https://wiki.example.com/checkout' },
  envAliases: DEFAULT_ENV_ALIASES,
}

/** A clock that stands still until somebody waits or moves it. */
export interface TestClock {
  nowMs(): number
  advance(ms: number): void
  readonly sleep: (ms: number) => Promise<void>
}

export function createClock(startMs = at('14:03:30')): TestClock {
  let nowMs = startMs
  return {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
    sleep: async (ms) => {
      nowMs += ms
    },
  }
}

/** A table of notices that keeps the newest word on each. */
export function createNoticeTable() {
  const rows = new Map<string, Notice>()
  return {
    rows,
    store: async (notices: readonly Notice[]) => {
      for (const notice of notices) rows.set(notice.id, notice)
    },
  }
}

export function slackBot(slack: FakeSlack, clock: TestClock): Channel {
  const fetch = createGuardedFetch({ allowedHosts: ['127.0.0.1'] })
  const say = createPaced(fetch, { gapMs: 1_000, nowMs: clock.nowMs, sleep: clock.sleep })
  return createSlackBot(
    { say, upload: fetch },
    {
      botToken: FAKE_TOKEN,
      channel: '#incidents',
      apiUrl: slack.apiUrl,
      isInteractive: true,
    },
  )
}

export function startNotifier(
  of: { clock: TestClock; channel: Channel; table: ReturnType<typeof createNoticeTable> },
  options: Partial<NotifierDeps> = {},
  settings: Partial<NotifierSettings> = {},
): Notifier {
  return createNotifier(
    {
      storeNotices: of.table.store,
      storeSilences: async () => {},
      channelOf: () => of.channel,
      drawChart: async () => undefined,
      plannedSilences: (): readonly Silence[] => [],
      sleep: (ms) => of.clock.sleep(ms),
      nowMs: of.clock.nowMs,
      onSent: () => {},
      rollbacks: NO_ROLLBACKS,
      log: createLog({ level: 'silent', write: () => {} }),
      ...options,
    },
    { ...SETTINGS, ...settings },
  )
}

export const HOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

export const ROLLBACK_SETTINGS: RollbackSettings = {
  mode: 'button',
  probability: 0.95,
  severities: ['critical'],
  services: null,
  waitMs: 120_000,
  cooldownMs: 3_600_000,
  dailyMax: 3,
}

/** The rollbacks of a process that starts over `table`, which keeps the newest word on each. */
export function startRollbacks(
  of: { readonly url: string; readonly clock: TestClock; readonly table: Map<string, RollbackAttempt> },
  settings: Partial<RollbackSettings & { isDryRun: boolean }> = {},
): RollbackHook {
  const { isDryRun = false, ...own } = settings
  return createRollbackHook(
    {
      fetch: createGuardedFetch({ allowedHosts: ['127.0.0.1'] }),
      storeAttempt: async (attempt) => void of.table.set(attempt.incidentId, attempt),
      nowMs: of.clock.nowMs,
      log: createLog({ level: 'silent', write: () => {} }),
    },
    { url: of.url, secret: HOOK_SECRET, isDryRun, settings: { ...ROLLBACK_SETTINGS, ...own } },
    [...of.table.values()],
  )
}

/** The plain story as it stands while it is open. */
export function openIncident(fields: Partial<Incident> = {}): Incident {
  return incident({
    state: 'open',
    resolvedAtMs: null,
    updatedAtMs: at('14:03:40'),
    verification: { state: 'pending' },
    ...fields,
  })
}

export function document(of: Incident, extra: Partial<IncidentDocument> = {}): IncidentDocument {
  return { ...incidentToWire(of), ...extra }
}

export const rollback: Change = {
  id: 'r41',
  kind: 'rollback',
  service: 'checkout',
  env: 'prod',
  version: 'v41',
  author: 'ben',
  status: 'succeeded',
  reversible: true,
  startedAtMs: at('14:17:00'),
}

export const CONTEXT: MessageContext = {
  changes: [],
  silence: undefined,
  rollback: undefined,
  offer: undefined,
  blameAt: 0.5,
  publicUrl: 'https://culprit.example.com',
  runbookUrl: 'https://wiki.example.com/checkout',
}

export function sampleMessage(of: Incident = openIncident(), context: Partial<MessageContext> = {}): IncidentMessage {
  return toMessage(toNews(document(of)), { ...CONTEXT, ...context })
}

export function sampleNotices(): Notice[] {
  const news = toNews(document(openIncident()))
  const at = { nowMs: 0, silence: undefined, rollback: undefined, changes: [], blameAt: 0.5, repeatMs: null }
  const told = toldAfter(undefined, 'opened', { news, at })
  return [
    {
      id: 'ntc_1',
      incidentId: 'inc_1',
      target: 'slack',
      reason: 'opened',
      text: 'it opened',
      state: 'due',
      createdAtMs: 0,
      sentAtMs: null,
      told,
      receipt: null,
    },
  ]
}
