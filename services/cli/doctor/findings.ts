import type { KafkaReach } from '../../../shared/bus/kafka-reach.ts'
import type { Diagnosis, ServiceDiagnosis } from '../../../shared/domain/diagnosis.ts'
import { counted, duration, percent } from '../../../shared/faces/words.ts'
import type { WebhooksConfig } from '../../api/io/webhooks/sender-access.ts'

export type FindingState = 'ok' | 'warning' | 'failed'

/** One thing that works, or does not and how to mend it. */
export interface Finding {
  readonly state: FindingState
  readonly about: string
  readonly text: string
  readonly fix?: string
}

/** Below it, shares say little. */
const REQUESTS_MIN = 1_000
const MOST = 0.95
const REJECTED_SHARE_MAX = 0.01
const OVERFLOW_SHARE_MAX = 0.05
const CLAMPED_SHARE_MAX = 0.01
const SILENT_MS = 10 * 60_000
const BEHIND_MS = 60_000
const NAMES_MAX = 5

/** A few are always under way. */
const WAITING_MAX = 100

export function judgeQueue({ brokers, waiting }: Pick<KafkaReach, 'brokers' | 'waiting'>): Finding {
  const about = 'kafka'
  const reached = `${counted(brokers, 'broker')} in reach`
  if (waiting === undefined || waiting <= WAITING_MAX) return { state: 'ok', about, text: reached }
  const fix = 'start more with --only ingest, as many as the topic has partitions, or look why the store is slow'
  return { state: 'warning', about, text: `${counted(waiting, 'message')} of events wait to be stored`, fix }
}

/** Each service must run somewhere; of an `api` the cluster knows nothing. */
export function judgeProcesses({ processes }: Pick<KafkaReach, 'processes'>): Finding {
  const about = 'processes'
  const counts = Object.entries(processes)
  const missing = counts.filter(([, count]) => count === 0).map(([name]) => name)
  if (missing.length === 0)
    return { state: 'ok', about, text: counts.map(([name, count]) => `${name} ${count}`).join(', ') }
  const state = missing.length === counts.length ? 'warning' : 'failed'
  return { state, about, text: `nobody runs ${missing.join(', ')}`, fix: `culprit start --only ${missing.join(',')}` }
}

/** By what a running process counts for Prometheus; undefined where it takes no events. */
export function judgeClocks(metrics: string): Finding | undefined {
  const counterOf = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0)
  const share = counterOf('culprit_events_clamped_total') / Math.max(1, counterOf('culprit_events_accepted_total'))
  if (share <= CLAMPED_SHARE_MAX) return undefined
  const fix = 'set the clock of whoever writes the log (NTP), or its time zone in the format'
  const text = `${percent(share)} of the events were dated in the future, and count as of now`
  return { state: 'warning', about: 'clock', text, fix }
}

/** What deploys tell is refused without a secret, unless everybody is believed. */
export function judgeSenders({ senders, allowUnsigned }: WebhooksConfig): Finding[] {
  const open = Object.entries(senders).filter(([, { secrets }]) => secrets.length === 0)
  const refused = open.filter(([, sender]) => !sender.allowUnsigned).map(([name]) => name)
  const believed = open.filter(([, sender]) => sender.allowUnsigned && !allowUnsigned).map(([name]) => name)
  const about = 'webhooks'
  const fix =
    'set webhooks.NAME.secret_file, or CULPRIT_WEBHOOKS__NAME__SECRET, to the secret that the sender signs with'
  return [
    ...(refused.length === 0
      ? []
      : [{ state: 'failed' as const, about, text: `${refused.join(', ')}: refused, as no secret is set`, fix }]),
    ...(believed.length === 0
      ? []
      : [
          {
            state: 'warning' as const,
            about,
            text: `${believed.join(', ')}: whoever claims to be it is believed`,
            fix,
          },
        ]),
  ]
}

/** What the data of a day say of how Culprit was set up. */
export function diagnose(diagnosis: Diagnosis): Finding[] {
  const { services } = diagnosis
  if (diagnosis.newest_event_at === null) {
    const fix = 'send some: POST /api/v1/events, or name files under sources in culprit.yaml'
    return [{ state: 'warning', about: 'events', text: 'nothing was stored yet', fix }]
  }
  return [
    judgeEvents(diagnosis),
    judgeDetector(diagnosis),
    judgeRejects(diagnosis),
    ...judgeServices(services.filter(({ requests }) => requests >= REQUESTS_MIN)),
    judgeChanges(diagnosis),
  ]
}

function judgeServices(busy: readonly ServiceDiagnosis[]): Finding[] {
  if (busy.length > 0) return [judgeVersions(busy), judgeHosts(busy), judgeRoutes(busy)]
  const text = `none has ${REQUESTS_MIN} requests yet: too few to say what its log lacks`
  return [{ state: 'ok', about: 'services', text }]
}

function judgeEvents({ newest_event_at, now, requests, services }: Diagnosis): Finding {
  const ageMs = Date.parse(now) - Date.parse(newest_event_at ?? now)
  const about = 'events'
  const text = `${counted(requests, 'request')} of ${counted(services.length, 'service')} within a day`
  if (ageMs > SILENT_MS) {
    const fix = 'look whether the shipper runs; files that come late need detection.lateness'
    return { state: 'warning', about, text: `${text}; the newest is ${duration(ageMs)} old`, fix }
  }
  return { state: 'ok', about, text }
}

function judgeDetector({ judged_until, newest_event_at, history_read_until, now }: Diagnosis): Finding {
  const about = 'detector'
  if (history_read_until !== null) {
    const aheadMs = Math.max(Date.parse(now) - Date.parse(history_read_until), 0)
    const fix = 'wait: what came meanwhile is judged in order once it has read it'
    return { state: 'warning', about, text: `starting: reading history, ${duration(aheadMs)} of it to go`, fix }
  }
  if (judged_until === null) {
    const fix = 'start it: culprit start, or --only detector where services run apart'
    return { state: 'failed', about, text: 'has judged nothing yet', fix }
  }
  if (newest_event_at === null) return { state: 'ok', about, text: 'has nothing to judge' }
  const until = Math.min(Date.parse(newest_event_at), Date.parse(now) - BEHIND_MS)
  const behindMs = until - Date.parse(judged_until)
  if (behindMs <= BEHIND_MS) return { state: 'ok', about, text: 'has judged all that is stored' }
  const fix = 'see its log; a detector that catches up judges every cell in order'
  return { state: 'failed', about, text: `is ${duration(behindMs)} behind what is stored`, fix }
}

function judgeRejects({ rejected_lines, requests }: Diagnosis): Finding {
  const about = 'lines'
  const share = rejected_lines / Math.max(1, rejected_lines + requests)
  if (share <= REJECTED_SHARE_MAX) return { state: 'ok', about, text: `${percent(share)} could not be read` }
  const fix = 'culprit parse FILE says why; --format or format: names the right one'
  return { state: 'warning', about, text: `${percent(share)} of the lines of a day could not be read`, fix }
}

function judgeVersions(busy: readonly ServiceDiagnosis[]): Finding {
  const without = busy.filter(({ without_version, requests }) => without_version > MOST * requests)
  const about = 'versions'
  if (without.length === 0) return { state: 'ok', about, text: 'the logs name them' }
  const fix = 'log the release (field version): old and new compared at the same minute is the best evidence there is'
  return { state: 'warning', about, text: `no version in the logs of ${names(without)}`, fix }
}

function judgeHosts(busy: readonly ServiceDiagnosis[]): Finding {
  const without = busy.filter(({ without_host, requests }) => without_host > MOST * requests)
  const about = 'hosts'
  if (without.length === 0) return { state: 'ok', about, text: 'the logs name hosts or upstreams' }
  const fix = 'log the upstream ($upstream_addr) or the host: a new release is then told by the instances it runs on'
  return { state: 'warning', about, text: `neither host nor upstream in the logs of ${names(without)}`, fix }
}

function judgeRoutes(busy: readonly ServiceDiagnosis[]): Finding {
  const about = 'routes'
  const swallowed = busy.filter(
    ({ routes, biggest_route_requests, requests }) => routes > 1 && biggest_route_requests > MOST * requests,
  )
  const overflown = busy.filter(({ overflow, requests }) => overflow > OVERFLOW_SHARE_MAX * requests)
  if (overflown.length > 0) {
    const fix = 'log the route template (field route), or raise ingest.max_routes_per_service'
    return { state: 'warning', about, text: `more routes than are told apart in ${names(overflown)}`, fix }
  }
  if (swallowed.length === 0) return { state: 'ok', about, text: 'are told apart' }
  const [first] = swallowed
  const fix = 'nothing to do if that is how it is used; else log the route (field route), or use service_from'
  return { state: 'warning', about, text: `${first?.biggest_route} is nearly all of ${names(swallowed)}`, fix }
}

function judgeChanges({ changes }: Diagnosis): Finding {
  const about = 'changes'
  if (changes > 0) return { state: 'ok', about, text: `${changes} within a day` }
  const fix = 'tell deploys: culprit change in the pipeline, or a webhook: without them nothing can be blamed'
  return { state: 'warning', about, text: 'none was told within a day', fix }
}

function names(services: readonly ServiceDiagnosis[]): string {
  const shown = services.slice(0, NAMES_MAX).map(({ service }) => service)
  const more = services.length - shown.length
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`
}
