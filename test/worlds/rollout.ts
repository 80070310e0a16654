import { integer, uniform } from './distributions.ts'
import type { PlannedFault } from './faults.ts'
import { isRollout, type PlannedChange } from './planned-change.ts'
import type { Prng } from './prng.ts'
import type { ServiceSpec } from './services.ts'

/** What can run: a version, and the fault that it carries. */
export interface Build {
  readonly version: string
  readonly fault: number | null
}

/** One replacement of a build by another, in one region or everywhere. */
export interface Rollout {
  readonly change: PlannedChange
  readonly from: Build
  readonly to: Build
  /** Share of traffic on `to` from each time on, ascending; the last is 1. */
  readonly steps: readonly { readonly atMs: number; readonly share: number }[]
}

/** What one service ran over the world's time; the rollouts never overlap and come in time order. */
export interface VersionHistory {
  readonly first: Build
  readonly rollouts: readonly Rollout[]
}

/** What serves at one time: each build's share, and which of the service's rollouts brought it; 0 is what ran first. */
export type VersionMix = readonly { readonly build: Build; readonly share: number; readonly rollout: number }[]

/**
 * The versions of one service. A deploy carries on the fault of what it replaces while that lasts, unless it is the one
 * that ends it; a rollback brings back the build from before the guilty deploy.
 */
export function planVersions(
  prng: Prng,
  service: ServiceSpec,
  { changes, faults }: { readonly changes: readonly PlannedChange[]; readonly faults: readonly PlannedFault[] },
): VersionHistory {
  const nextLabel = createVersionLabels(prng, service.versionStyle)
  const first: Build = { version: nextLabel(), fault: null }
  const rollouts: Rollout[] = []
  let running = first
  const ours = changes.filter((change) => change.service === service.name && isRollout(change))
  for (const change of ours.toSorted((a, b) => a.startMs - b.startMs)) {
    const guilty = rollouts.find((earlier) => change.ends !== null && earlier.change.causes === change.ends)
    const to =
      change.kind === 'rollback' && guilty !== undefined
        ? guilty.from
        : { version: nextLabel(), fault: carriedFault(running, change, faults) }
    rollouts.push({ change, from: running, to, steps: planSteps(prng, change) })
    running = to
  }
  return { first, rollouts }
}

function createVersionLabels(prng: Prng, style: ServiceSpec['versionStyle']): () => string {
  let release = integer(prng, 20, 400)
  const major = integer(prng, 1, 9)
  return () => {
    release++
    if (style === 'number') return `v${release}`
    if (style === 'semver') return `${major}.${Math.floor(release / 10)}.${release % 10}`
    return integer(prng, 0, 0xfff_ffff).toString(16).padStart(7, '0')
  }
}

function carriedFault(running: Build, change: PlannedChange, faults: readonly PlannedFault[]): number | null {
  if (change.causes !== null) return change.causes
  if (running.fault === null || change.ends === running.fault) return null
  const endMs = faults[running.fault]?.root.endMs ?? 0
  return change.startMs < endMs ? running.fault : null
}

function planSteps(prng: Prng, change: PlannedChange): Rollout['steps'] {
  if (change.isGray) return planGraySteps(change)
  const count = integer(prng, 2, 8)
  const stepMs = (change.finishMs - change.startMs) / (count - 1)
  const firstShare = uniform(prng, 0.5, 1.5) / count
  return Array.from({ length: count }, (_, i) => ({
    atMs: change.startMs + i * stepMs,
    share: i === count - 1 ? 1 : firstShare + ((1 - firstShare) * i) / (count - 1),
  }))
}

/** One pod of five first, and long; then the others one by one. */
function planGraySteps({ startMs, finishMs }: PlannedChange): Rollout['steps'] {
  const alone = 0.5
  return [0, alone, alone + 0.17, alone + 0.34, 1].map((part, i) => ({
    atMs: startMs + part * (finishMs - startMs),
    share: (i + 1) / 5,
  }))
}

/** What serves a region, asked for times that never go back. */
export function createVersionTimeline(history: VersionHistory, region: string | null): (atMs: number) => VersionMix {
  const here = history.rollouts.filter(({ change }) => change.region === null || change.region === region)
  let next = 0
  let steady: readonly [VersionMix[number]] = [{ build: history.first, share: 1, rollout: 0 }]
  return (atMs) => {
    for (;;) {
      const rollout = here[next]
      if (rollout === undefined || atMs < rollout.change.startMs) return steady
      const share = rollout.steps.findLast((step) => step.atMs <= atMs)?.share ?? 0
      const fresh = { build: rollout.to, rollout: history.rollouts.indexOf(rollout) + 1 }
      if (share < 1)
        return [
          { ...fresh, share },
          { ...steady[0], share: 1 - share },
        ]
      steady = [{ ...fresh, share: 1 }]
      next++
    }
  }
}
