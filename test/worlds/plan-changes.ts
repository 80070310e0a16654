import type { ChangeKind } from '../../shared/domain/change.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts'
import { chance, pick, pickWeighted, poisson, uniform } from './distributions.ts'
import { causeOf, type Effect, type PlannedFault } from './faults.ts'
import type { Flavour } from './flavours.ts'
import { isRollout, type PlannedChange } from './planned-change.ts'
import type { Prng } from './prng.ts'
import type { ServiceSpec } from './services.ts'

/** Two rollouts of one service stay this far apart. */
const ROLLOUT_GAP_MS = 2 * MINUTE_MS

interface ChangePlanInput {
  readonly flavour: Flavour
  readonly services: readonly ServiceSpec[]
  readonly faults: readonly PlannedFault[]
  readonly worldStartMs: number
}

/** Every change of a world in time order: the guilty, those that end faults, innocent ones near each fault, and the daily rest. */
export function planChanges(prng: Prng, input: ChangePlanInput): PlannedChange[] {
  const changes = input.faults.flatMap(({ kind, root }) => [
    ...planGuilty(prng.fork(`guilty-${root.fault}`), kind, root),
    ...planEnding(prng.fork(`ending-${root.fault}`), kind, root),
  ])
  const add = (change: PlannedChange): void => {
    if (!isRollout(change) || !changes.some((other) => rolloutsClash(change, other))) changes.push(change)
    else changes.push({ ...change, kind: 'config', finishMs: change.startMs })
  }
  for (const fault of input.faults) planInnocents(prng.fork(`innocent-${fault.root.fault}`), fault, input).forEach(add)
  for (const change of planDailyRest(prng.fork('daily'), input))
    if (!isRollout(change) || !changes.some((other) => rolloutsClash(change, other))) changes.push(change)
  return changes.toSorted((a, b) => a.startMs - b.startMs)
}

function rolloutsClash(a: PlannedChange, b: PlannedChange): boolean {
  if (!isRollout(a) || !isRollout(b) || a.service !== b.service) return false
  return a.startMs < b.finishMs + ROLLOUT_GAP_MS && b.startMs < a.finishMs + ROLLOUT_GAP_MS
}

/** A change of all of something that neither causes nor ends anything. */
export const WHOLE = { region: null, route: null, causes: null, ends: null }

/** The one that does it; its onset comes 0–150 s later, or 20–50 minutes after the end of the rollout of a slow burn. */
function planGuilty(prng: Prng, kind: PlannedFault['kind'], root: Effect): PlannedChange[] {
  if (causeOf(kind) !== 'change') return []
  const lagMs = chance(prng, 0.3) ? 0 : Math.min(-Math.log(1 - prng.next()) * 35, 150) * SECOND_MS
  const scope = { ...WHOLE, region: chance(prng, 0.6) ? root.region : null, causes: root.fault }
  const startMs = root.startMs - Math.round(lagMs / SECOND_MS) * SECOND_MS
  if (kind === 'bad_config' || kind === 'bad_flag') {
    const route = root.routes !== null && chance(prng, 0.3) ? (root.routes[0] ?? null) : null
    return [
      {
        ...scope,
        kind: kind === 'bad_flag' ? 'feature_flag' : 'config',
        service: root.service,
        startMs,
        finishMs: startMs,
        route,
      },
    ]
  }
  const lengthMs = Math.min(planRolloutLength(prng), (root.endMs - root.startMs) / 2)
  if (kind !== 'slow_burn')
    return [{ ...scope, kind: 'deploy', service: root.service, startMs, finishMs: startMs + lengthMs }]
  const finishMs = root.startMs - uniform(prng, 20, 50) * MINUTE_MS
  return [{ ...scope, kind: 'deploy', service: root.service, startMs: finishMs - lengthMs, finishMs }]
}

/** One to six minutes, in whole seconds. */
function planRolloutLength(prng: Prng): number {
  return Math.round(uniform(prng, 60, 360)) * SECOND_MS
}

/** Seven faults in ten that a change caused end with a recorded change: taken back, or fixed. The others end by hands unseen. */
function planEnding(prng: Prng, kind: PlannedFault['kind'], root: Effect): PlannedChange[] {
  const ending = { ...WHOLE, service: root.service, ends: root.fault, region: null }
  if (kind === 'surge' && chance(prng, 0.4)) {
    const startMs = root.startMs + uniform(prng, 0.2, 0.6) * (root.endMs - root.startMs)
    return [{ ...ending, kind: 'scale', startMs, finishMs: startMs + MINUTE_MS, ends: null }]
  }
  if (causeOf(kind) !== 'change' || !chance(prng, 0.7)) return []
  if (kind === 'bad_config' || kind === 'bad_flag') {
    const startMs = root.endMs - Math.round(uniform(prng, 0, 30)) * SECOND_MS
    return [{ ...ending, kind: kind === 'bad_flag' ? 'feature_flag' : 'config', startMs, finishMs: startMs }]
  }
  const lengthMs = Math.round(uniform(prng, 60, 180)) * SECOND_MS
  return [
    {
      ...ending,
      kind: chance(prng, 0.75) ? 'rollback' : 'deploy',
      startMs: root.endMs - lengthMs,
      finishMs: root.endMs,
    },
  ]
}

/**
 * Half of the faults get one on the same service, before the fault (three in five) or shortly after its onset; six in ten
 * one on another service minutes before.
 */
function planInnocents(
  prng: Prng,
  { kind, root, victims }: PlannedFault,
  { services, flavour }: ChangePlanInput,
): PlannedChange[] {
  if (flavour.hidesCallees) return planCallerRelease(prng, root, victims)
  const planned: PlannedChange[] = []
  const leadMs = planLead(prng, kind)
  if (chance(prng, 0.5)) {
    const before = chance(prng, 0.6)
    const offsetMs = before ? -leadMs - uniform(prng, 30, 1_500) * SECOND_MS : uniform(prng, 20, 600) * SECOND_MS
    planned.push(planInnocent(prng, root.service, root.startMs + offsetMs))
  }
  if (chance(prng, 0.6)) {
    const callers = victims.map((victim) => victim.service)
    const strangers = services.map(({ name }) => name).filter((name) => name !== root.service)
    const service = pick(prng, callers.length > 0 && chance(prng, 0.3) ? callers : strangers)
    planned.push(planInnocent(prng, service, root.startMs - uniform(prng, 30, 900) * SECOND_MS))
  }
  return planned
}

/** The caller that shows most of it was released two to ten minutes before: the change that everybody would blame. */
function planCallerRelease(prng: Prng, root: Effect, victims: readonly Effect[]): PlannedChange[] {
  const [caller] = victims.toSorted((a, b) => b.added - a.added)
  if (caller === undefined) return []
  const startMs = root.startMs - Math.round(uniform(prng, 120, 600)) * SECOND_MS
  const finishMs = Math.min(startMs + planRolloutLength(prng), root.startMs - 10 * SECOND_MS)
  return [{ ...WHOLE, kind: 'deploy', service: caller.service, startMs, finishMs }]
}

/**
 * How long before the onset the innocent ones begin at the latest: before the guilty change, as nothing in the data could
 * tell apart two that came between. Some slow burns are that unlucky all the same.
 */
function planLead(prng: Prng, kind: PlannedFault['kind']): number {
  if (causeOf(kind) !== 'change') return 0
  return kind === 'slow_burn' && chance(prng, 0.7) ? 58 * MINUTE_MS : 160 * SECOND_MS
}

const INNOCENT_KINDS: readonly { readonly item: ChangeKind; readonly weight: number }[] = [
  { item: 'deploy', weight: 5 },
  { item: 'config', weight: 2 },
  { item: 'feature_flag', weight: 2 },
  { item: 'scale', weight: 1 },
]

function planInnocent(prng: Prng, service: string, atMs: number): PlannedChange {
  const kind = pickWeighted(prng, INNOCENT_KINDS)
  const startMs = Math.round(atMs / SECOND_MS) * SECOND_MS
  return { ...WHOLE, kind, service, startMs, finishMs: startMs + (kind === 'deploy' ? planRolloutLength(prng) : 0) }
}

/** Deploys and switches of every day, more of them in working hours, and a few changes of the platform. */
function planDailyRest(prng: Prng, { flavour, services, worldStartMs }: ChangePlanInput): PlannedChange[] {
  const days = flavour.hours / 24
  const at = (): number => {
    for (;;) {
      const atMs = worldStartMs + Math.round(uniform(prng, 600, flavour.hours * 3_600 - 600)) * SECOND_MS
      const hour = new Date(atMs).getUTCHours()
      if ((hour >= 8 && hour < 18) || chance(prng, 0.25)) return atMs
    }
  }
  const planned = services.flatMap(({ name, regions }) => {
    const deploys = Array.from({ length: poisson(prng, flavour.deploysPerServiceDay * days) }, (): PlannedChange => {
      const startMs = at()
      return { ...WHOLE, kind: 'deploy', service: name, startMs, finishMs: startMs + planRolloutLength(prng) }
    })
    const switches = Array.from({ length: poisson(prng, flavour.switchesPerServiceDay * days) }, (): PlannedChange => {
      const startMs = at()
      const region = chance(prng, 0.2) ? pick(prng, regions).name : null
      return {
        ...WHOLE,
        kind: pick(prng, ['config', 'feature_flag', 'scale']),
        service: name,
        startMs,
        finishMs: startMs,
        region,
      }
    })
    return [...deploys, ...switches]
  })
  const platform = Array.from({ length: poisson(prng, days) }, (): PlannedChange => {
    const startMs = at()
    return { ...WHOLE, kind: 'infra', service: null, startMs, finishMs: startMs + uniform(prng, 0.1, 0.5) * HOUR_MS }
  })
  return [...planned, ...platform]
}
