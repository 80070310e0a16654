import type { Effect } from './faults.ts'
import { createVersionTimeline, type VersionMix } from './rollout.ts'
import type { World } from './world.ts'

/**
 * The share of a fault's carrier traffic that runs on builds which carry it, asked for times that never go back; 1 for
 * faults without a carrier. Only regions that the fault hurts count.
 */
export function createDose(world: World, effect: Effect): (atMs: number) => number {
  const carrier = world.services.find(({ name }) => name === effect.carrier)
  const history = carrier && world.histories.get(carrier.name)
  const root = world.faults[effect.fault]?.root
  if (carrier === undefined || history === undefined || root === undefined) return () => 1
  const regions = carrier.regions
    .filter(({ name }) => root.region === null || root.region === name)
    .map(({ name, share }) => ({ share, mixAt: createVersionTimeline(history, name) }))
  const total = regions.reduce((sum, { share }) => sum + share, 0)
  return (atMs) =>
    regions.reduce((sum, { share, mixAt }) => sum + (share / total) * carriedShare(mixAt(atMs), effect.fault), 0)
}

function carriedShare(mix: VersionMix, fault: number): number {
  return mix.reduce((sum, { build, share }) => sum + (build.fault === fault ? share : 0), 0)
}
