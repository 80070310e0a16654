import type { ChangeKind, ChangeStatus } from '../../../../shared/domain/change.ts'
import { ignored, type WebhookReading } from './sender.ts'
import { matchesAny, type SenderSettings } from './sender-settings.ts'

/** Says why a run of a pipeline that has none of the names of one that deploys is ignored; undefined when it has one. */
export function notADeploy(
  run: { readonly sender: string; readonly names: readonly (string | undefined)[] },
  { deploys }: SenderSettings,
): WebhookReading | undefined {
  const names = run.names.filter((name) => name !== undefined)
  if (names.some((name) => matchesAny(name, deploys))) return undefined
  const shown = JSON.stringify((names[0] ?? '').slice(0, 60))
  return ignored(`${shown} does not deploy, by its name: if it does, add it to webhooks.${run.sender}.deploys`)
}

const ENV_WORDS =
  /(?:^|[^a-z\d])(production|prod|prd|live|staging|stage|stg|development|dev|testing|test|qa|uat|preview|sandbox|canary)(?=$|[^a-z\d])/i

/** The environment that the name of a pipeline, branch or workspace speaks of, e.g. `Deploy to staging`. */
export function envInName(...names: readonly (string | undefined)[]): string | undefined {
  for (const name of names) {
    const found = ENV_WORDS.exec(name?.slice(0, 200) ?? '')?.[1]
    if (found !== undefined) return found.toLowerCase()
  }
  return undefined
}

/** A name without the environment at its end: `checkout-prod` is the service `checkout`. */
export function withoutEnv(name: string | undefined): string | undefined {
  const words = name?.split(/[-_.]/) ?? []
  if (name === undefined || words.length < 2 || envInName(words.at(-1)) === undefined) return name
  return name.slice(0, -(words.at(-1)?.length ?? 0) - 1)
}

const STATUSES: Readonly<Record<string, ChangeStatus>> = {
  succeeded: 'succeeded',
  success: 'succeeded',
  successful: 'succeeded',
  passed: 'succeeded',
  completed: 'succeeded',
  complete: 'succeeded',
  ready: 'succeeded',
  applied: 'succeeded',
  partiallysucceeded: 'succeeded',
  unstable: 'succeeded',
  failed: 'failed',
  failure: 'failed',
  error: 'failed',
  errored: 'failed',
  terminal: 'failed',
  timed_out: 'failed',
  timedout: 'failed',
  startup_failure: 'failed',
  canceled: 'cancelled',
  cancelled: 'cancelled',
  aborted: 'cancelled',
  stopped: 'cancelled',
  discarded: 'cancelled',
  abandoned: 'cancelled',
  rejected: 'cancelled',
  not_built: 'cancelled',
  running: 'started',
  started: 'started',
  start: 'started',
  in_progress: 'started',
  inprogress: 'started',
  applying: 'started',
  failing: 'started',
  canceling: 'started',
}

/** What a sender's word for how far a run is means; undefined: not begun, or never to begin. */
export function statusOf(word: string | undefined): ChangeStatus | undefined {
  const key = word?.toLowerCase() ?? ''
  return Object.hasOwn(STATUSES, key) ? STATUSES[key] : undefined
}

export function isOver(status: ChangeStatus): boolean {
  return status !== 'started'
}

/** Whether a name or title says that what it is about goes back to an older version. */
export function saysRollback(...texts: readonly (string | undefined)[]): boolean {
  return texts.some((text) => /\broll(?:ing|ed|s)?[ -]?back\b|(?:^|[-_ ])rollback/i.test(text?.slice(0, 500) ?? ''))
}

const KIND_WORDS: readonly (readonly [ChangeKind, RegExp])[] = [
  ['feature_flag', /\bfeature[ _-]?(?:flag|toggle)|\bflag\b/i],
  ['migration', /\bmigrat/i],
  ['deploy', /\bdeploy|\breleas|\brollout|\brolled out|\bshipped/i],
  ['config', /\bconfig/i],
  ['infra', /\bterraform|\binfra/i],
  ['scale', /\bscal(?:e|ed|ing)\b/i],
]

/** The kind of change that a title and tags speak of. */
export function kindInText(...texts: readonly (string | undefined)[]): ChangeKind {
  if (saysRollback(...texts)) return 'rollback'
  const text = texts.map((part) => part?.slice(0, 500) ?? '').join(' ')
  return KIND_WORDS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other'
}
