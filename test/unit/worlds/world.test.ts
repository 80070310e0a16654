import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../worlds/clock.ts'
import { drawWorld } from '../../worlds/draw-world.ts'
import { FLAVOURS, flavourNamed } from '../../worlds/flavours.ts'
import { isRollout } from '../../worlds/planned-change.ts'
import { REPORTING_SEEDS, TUNING_SEEDS } from '../../worlds/seeds.ts'
import { planWorld, type World } from '../../worlds/world.ts'

const small = flavourNamed('small')
const worlds = FLAVOURS.flatMap((flavour) => TUNING_SEEDS.slice(0, 20).map((seed) => planWorld(seed, flavour)))

function digest(world: World): string {
  const hash = createHash('sha256')
  drawWorld(world, (chunk) => hash.update(chunk))
  return hash.digest('hex')
}

test('the same seed draws the same bytes', () => {
  expect(digest(planWorld(7, small))).toBe(digest(planWorld(7, small)))
  expect(digest(planWorld(7, small))).not.toBe(digest(planWorld(8, small)))
})

test('the same seed plans the same faults and changes', () => {
  expect(planWorld(7, small).records).toEqual(planWorld(7, small).records)
  expect(planWorld(7, small).faults).toEqual(planWorld(7, small).faults)
})

test('no seed is both tuned on and reported on', () => {
  expect(new Set([...TUNING_SEEDS, ...REPORTING_SEEDS]).size).toBe(TUNING_SEEDS.length + REPORTING_SEEDS.length)
})

test('faults begin after the quiet time and keep 20 minutes between them', () => {
  for (const { flavour, startMs, faults } of worlds) {
    const lengthMs = flavour.hours * 60 * MINUTE_MS
    let freeFromMs = startMs + lengthMs * flavour.faultFreeShare
    expect(faults.length).toBeGreaterThanOrEqual(flavour.faults[0])
    for (const { root } of faults) {
      expect(root.startMs).toBeGreaterThanOrEqual(freeFromMs)
      expect(root.endMs).toBeGreaterThan(root.startMs + 5 * MINUTE_MS)
      freeFromMs = root.endMs + 20 * MINUTE_MS
    }
    expect(freeFromMs).toBeLessThan(startMs + lengthMs + 20 * MINUTE_MS)
  }
})

test('a guilty change begins before its fault, within 150 seconds or, for a slow burn, an hour', () => {
  for (const { faults, changes } of worlds)
    for (const { kind, root } of faults) {
      const guilty = changes.filter((change) => change.causes === root.fault)
      expect(guilty).toHaveLength(['third_party', 'surge', 'bad_client'].includes(kind) ? 0 : 1)
      for (const { startMs, finishMs } of guilty) {
        const lagMs = root.startMs - (kind === 'slow_burn' ? finishMs : startMs)
        expect(lagMs).toBeGreaterThanOrEqual(kind === 'slow_burn' ? 20 * MINUTE_MS : 0)
        expect(lagMs).toBeLessThanOrEqual(kind === 'slow_burn' ? 50 * MINUTE_MS : 150_000)
      }
    }
})

test('the rollouts of a service never overlap', () => {
  for (const { changes } of worlds) {
    const lastByService = new Map<string | null, number>()
    for (const change of changes.filter(isRollout)) {
      expect(change.startMs).toBeGreaterThanOrEqual(lastByService.get(change.service) ?? 0)
      lastByService.set(change.service, change.finishMs)
    }
  }
})

test('about half of the faults have an innocent change of the same service near their onset', () => {
  const faults = worlds.flatMap((world) => world.faults.map(({ root }) => ({ world, root })))
  const near = faults.filter(({ world, root }) =>
    world.changes.some(
      ({ service, startMs, causes, ends }) =>
        service === root.service &&
        causes === null &&
        ends === null &&
        Math.abs(startMs - root.startMs) < 30 * MINUTE_MS,
    ),
  )
  expect(near.length / faults.length).toBeGreaterThan(0.4)
  expect(near.length / faults.length).toBeLessThan(0.7)
})

test('a rollback brings back the version from before the guilty deploy', () => {
  const undone = worlds.flatMap(({ changes, histories }) =>
    changes
      .filter(({ kind }) => kind === 'rollback')
      .map((rollback) => {
        const rollouts = histories.get(rollback.service ?? '')?.rollouts ?? []
        const guilty = rollouts.find(({ change }) => change.causes === rollback.ends)
        const back = rollouts.find(({ change }) => change === rollback)
        return { to: back?.to.version, before: guilty?.from.version }
      }),
  )
  expect(undone.length).toBeGreaterThan(10)
  for (const { to, before } of undone) expect(to).toBe(before)
})
