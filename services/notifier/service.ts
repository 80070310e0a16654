// In: incidents, changes and what people ask for, in any order and more than once. Out: notices, each decided once, kept in the
// outbox until its channel has it, and told again at most once when the process ends while it is sent. What moves while a
// notice waits goes along with it. A channel gets them in order, no faster than it likes.
import type { Change } from '../../shared/domain/change.ts'
import { type ChangeReport, changeReportSchema } from '../../shared/domain/change-report.ts'
import { changeToWire } from '../../shared/domain/change-wire.ts'
import type { Command, RollBack } from '../../shared/domain/command.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import type { IncidentDocument } from '../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../shared/domain/merge-changes.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { type Conversation, createConversations } from './conversations.ts'
import { type Circumstances, decideNotice, toldAfter } from './core/decide-notice.ts'
import { toMessage } from './core/incident-message.ts'
import { type IncidentNews, toNews } from './core/incident-news.ts'
import { type Notice, noticeId } from './core/notice.ts'
import { noticeText } from './core/notice-words.ts'
import { routeIncident } from './core/route-notice.ts'
import type { NotifierSettings } from './core/settings.ts'
import { applyCommands, covers, findSilence, type Silence, withKnownEnv } from './core/silence.ts'
import type { Channel } from './io/channel.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import type { RollbackHook } from './rollback-hook.ts'

export interface NotifierDeps {
  readonly storeNotices: (notices: readonly Notice[]) => Promise<void>
  readonly storeSilences: (silences: readonly Silence[]) => Promise<void>
  /** The channel that a target of the routes is reached through. */
  readonly channelOf: (target: string) => Channel
  /** A picture of an incident's error rate, PNG; undefined where there is none. */
  readonly drawChart: (incident: Incident) => Promise<Uint8Array | undefined>
  /** Windows in which nothing is said, besides what people muted. */
  readonly plannedSilences: (nowMs: number) => readonly Silence[]
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly nowMs: () => number
  readonly onSent: (notices: readonly Notice[]) => void
  readonly rollbacks: RollbackHook
  readonly log: Log
}

export interface Notifier {
  /** What an earlier run left in the store. */
  remember(earlier: {
    readonly notices: readonly Notice[]
    readonly incidents: readonly IncidentDocument[]
    readonly changes: readonly Change[]
    readonly silences: readonly Silence[]
  }): void
  /** Resolve once what there is to say of them is in the outbox. */
  takeIncidents(incidents: readonly IncidentDocument[]): Promise<void>
  takeChanges(reports: readonly ChangeReport[]): Promise<void>
  takeCommands(commands: readonly Command[]): Promise<void>
  /** Says what has become due by the clock alone. Call it every few seconds. */
  tick(): Promise<void>
  /** Resolves once everything due is sent. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/** What stands on a channel is brought up to date so often, and less often the longer it has stood there. */
const REFRESH_MS_MIN = 60_000
const REFRESH_AGE_SHARE = 0.1
/** With more incidents waiting than these, pictures are left out. */
const BUSY = 3
const FORGET_MS = 24 * 3_600_000

type Moved = 'nothing' | 'by_itself' | 'by_people'

export function createNotifier(deps: NotifierDeps, settings: NotifierSettings): Notifier {
  const { nowMs, log } = deps
  const newest = new Map<string, IncidentNews>()
  const changes = new Map<string, Change>()
  const silences = new Map<string, Silence>()
  const conversations = createConversations()
  const outboxes = new Map<string, Outbox>()
  const readNews = (document: IncidentDocument) => toNews(document, settings.envAliases)
  const toKnownEnv = (silence: Silence) => withKnownEnv(silence, settings.envAliases)
  let turn: Promise<void> = Promise.resolve()

  /** One decision at a time: the next one knows what this one said. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }

  function outboxOf(target: string): Outbox {
    const known = outboxes.get(target)
    if (known !== undefined) return known
    const outbox = createOutbox({
      deliver: (incidentId) => deliver(conversations.of(incidentId, target)),
      drop: async (incidentId) => {
        const conversation = conversations.of(incidentId, target)
        const { due } = conversation
        await deps.storeNotices(due.map((notice) => ({ ...notice, state: 'dropped' })))
        conversation.due = conversation.due.filter((notice) => !due.includes(notice))
        conversation.isStale = false
      },
      sleep: deps.sleep,
      log,
    })
    outboxes.set(target, outbox)
    return outbox
  }

  function circumstancesOf(incident: Incident): Circumstances {
    const atMs = nowMs()
    const known = [...silences.values(), ...deps.plannedSilences(atMs)].map(toKnownEnv)
    return {
      nowMs: atMs,
      silence: findSilence(known, incident, atMs),
      rollback: deps.rollbacks.attemptOf(incident.id),
      changes: [...changes.values()],
      blameAt: settings.blameAt,
      repeatMs: settings.repeatMs,
    }
  }

  function targetsOf(incident: Incident): string[] {
    const spokenTo = conversations.about(incident.id).filter(({ told }) => told !== undefined)
    const routed = routeIncident(settings.routes, settings.defaultTargets, incident)
    return [...new Set([...routed, ...spokenTo.map(({ target }) => target)])]
  }

  /** Decides what to say of incidents, and puts it in the outbox. `moved`: those of which something else is known now. */
  async function consider(all: readonly IncidentNews[], moved: Moved): Promise<void> {
    const notices: Notice[] = []
    for (const news of all) {
      const at = circumstancesOf(news.incident)
      for (const target of targetsOf(news.incident)) {
        const conversation = conversations.of(news.incident.id, target)
        const notice = decide(conversation, news, at)
        if (notice !== undefined) notices.push(notice)
        else if (conversation.receipt !== undefined && moved !== 'nothing')
          outdate(conversation, moved === 'by_people' ? Number.POSITIVE_INFINITY : at.nowMs)
      }
    }
    if (notices.length === 0) return
    await deps.storeNotices(notices)
    for (const notice of notices) {
      const conversation = conversations.of(notice.incidentId, notice.target)
      conversation.told = notice.told
      conversation.due = [...conversation.due, notice]
      outboxOf(notice.target).add(notice.incidentId)
    }
  }

  function decide(conversation: Conversation, news: IncidentNews, at: Circumstances): Notice | undefined {
    const { told, incidentId, target } = conversation
    const decision = decideNotice(told, news, at)
    if (decision.kind !== 'tell') return undefined
    const { reason } = decision
    const after = toldAfter(told, reason, { news, at })
    return {
      id: noticeId({ incidentId, target, reason, told: after }),
      incidentId,
      target,
      reason,
      text: noticeText(reason, { ...at, news, told }),
      state: 'due',
      createdAtMs: at.nowMs,
      sentAtMs: null,
      told: after,
      receipt: null,
    }
  }

  /** What stands there is brought up to date, when its time has come; an infinite `atMs`: at once. */
  function outdate(conversation: Conversation, atMs: number): void {
    conversation.isStale = true
    const startedAtMs = newest.get(conversation.incidentId)?.incident.startedAtMs ?? atMs
    const everyMs = Math.max(REFRESH_MS_MIN, (nowMs() - startedAtMs) * REFRESH_AGE_SHARE)
    if (atMs - conversation.shownAtMs >= everyMs) outboxOf(conversation.target).add(conversation.incidentId)
  }

  async function deliver(conversation: Conversation): Promise<void> {
    const { due, receipt, target, incidentId } = conversation
    const news = newest.get(incidentId)
    if (news === undefined || (due.length === 0 && !conversation.isStale)) return
    conversation.isStale = false
    const { incident } = news
    const message = toMessage(news, {
      ...circumstancesOf(incident),
      offer: deps.rollbacks.offer(news),
      publicUrl: settings.publicUrl,
      runbookUrl: settings.runbooks[incident.service] ?? null,
    })
    // Others are told before this one is illustrated.
    const isBusy = outboxOf(target).size() > BUSY
    const drawChart = async () => (isBusy ? undefined : deps.drawChart(incident))
    const sent = await deps
      .channelOf(target)
      .send({ message, document: news.document, notices: due, receipt, drawChart })
    conversation.receipt = sent
    conversation.shownAtMs = nowMs()
    conversation.due = conversation.due.filter((notice) => !due.includes(notice))
    const done = due.map((notice): Notice => ({ ...notice, state: 'sent', sentAtMs: nowMs(), receipt: sent }))
    deps.onSent(done)
    await deps.storeNotices(done)
  }

  /** Outside of a turn: whoever is asked may take his time. */
  async function rollBack(press: RollBack): Promise<void> {
    const news = newest.get(press.incident_id)
    if (news === undefined) return
    await deps.rollbacks.press(press, news, [...changes.values()])
    await inTurn(() => consider([newest.get(press.incident_id) ?? news], 'by_people'))
  }

  function forget(): void {
    const beforeMs = nowMs() - FORGET_MS
    for (const [id, { incident }] of newest) {
      if (incident.resolvedAtMs === null || incident.resolvedAtMs >= beforeMs) continue
      if (conversations.about(id).some(({ due }) => due.length > 0)) continue
      newest.delete(id)
      conversations.forget(id)
    }
    for (const [id, { startedAtMs }] of changes) if (startedAtMs < beforeMs) changes.delete(id)
    for (const [id, { endsAtMs }] of silences) if (endsAtMs < beforeMs) silences.delete(id)
  }

  return {
    remember(earlier) {
      for (const change of earlier.changes) changes.set(change.id, change)
      for (const silence of earlier.silences) silences.set(silence.id, silence)
      for (const document of earlier.incidents) newest.set(document.id, readNews(document))
      for (const notice of earlier.notices) {
        const conversation = conversations.of(notice.incidentId, notice.target)
        conversation.told = notice.told
        conversation.receipt = notice.receipt ?? conversation.receipt
        if (notice.state !== 'due') continue
        conversation.due = [...conversation.due, notice]
        outboxOf(notice.target).add(notice.incidentId)
      }
    },
    takeIncidents: (documents) =>
      inTurn(async () => {
        const news = documents.map(readNews)
        const isByPeople = ({ incident, said }: IncidentNews) => newest.get(incident.id)?.said.length !== said.length
        const [byPeople, others] = [news.filter(isByPeople), news.filter((one) => !isByPeople(one))]
        for (const one of news) newest.set(one.incident.id, one)
        await consider(byPeople, 'by_people')
        await consider(others, 'by_itself')
      }),
    takeChanges: (reports) =>
      inTurn(async () => {
        const known = reports.flatMap(({ id }) => (id === undefined ? [] : (changes.get(id) ?? [])))
        const earlier = known.map((change) => changeReportSchema.parse(changeToWire(change)))
        for (const change of mergeReports([...earlier, ...reports], settings.envAliases)) changes.set(change.id, change)
        await consider([...newest.values()], 'nothing')
      }),
    async takeCommands(commands) {
      await inTurn(async () => {
        const moved = applyCommands(silences, commands)
        await deps.storeSilences(moved)
        for (const silence of moved) silences.set(silence.id, silence)
        const covered = [...newest.values()].filter(({ incident }) =>
          moved.some((silence) => covers(toKnownEnv(silence), incident)),
        )
        await consider(covered, 'by_people')
      })
      for (const command of commands) if (command.kind === 'roll_back') await rollBack(command)
    },
    async tick() {
      await inTurn(async () => {
        forget()
        await consider([...newest.values()], 'nothing')
        const atMs = nowMs()
        for (const conversation of conversations.all()) if (conversation.isStale) outdate(conversation, atMs)
      })
      await deps.rollbacks.look([...newest.values()], [...changes.values()])
    },
    async idle() {
      await turn
      for (const outbox of outboxes.values()) await outbox.idle()
    },
    async stop() {
      await turn
      for (const outbox of outboxes.values()) await outbox.stop()
    },
  }
}
