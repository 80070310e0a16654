import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { MINUTE_MS } from '../../worlds/clock.ts'
import { drawWorld } from '../../worlds/draw-world.ts'
import { FLAVOURS, type Flavour, flavourNamed } from '../../worlds/flavours.ts'
import { isRollout } from '../../worlds/planned-change.ts'
import { REPORTING_SEEDS, TUNING_SEEDS } from '../../worlds/seeds.ts'
import { planWorld, type World } from '../../worlds/world.ts'

const LineSchema = z.object({ ts: z.string(), service: z.string(), host: z.string(), count: z.number() })

const small = flavourNamed('small')
const worldsOf = (flavours: readonly Flavour[]): World[] =>
  flavours.flatMap((flavour) => TUNING_SEEDS.slice(0, 20).map((seed) => planWorld(seed, flavour)))
const worlds = worldsOf(FLAVOURS.filter(({ name, grayReleases }) => grayReleases === 0 && name !== 'quiet'))

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
  // With dozens of faults on a few services, the release that ends one may run into the one that causes the next.
  const usual = worlds.filter(({ flavour }) => flavour.name !== 'busy')
  for (const { changes } of usual) {
    const lastByService = new Map<string | null, number>()
    for (const change of changes.filter(isRollout)) {
      expect(change.startMs).toBeGreaterThanOrEqual(lastByService.get(change.service) ?? 0)
      lastByService.set(change.service, change.finishMs)
    }
  }
})

test('about half of the faults have an innocent change of the same service near their onset', () => {
  const usual = worlds.filter(({ flavour }) => !flavour.hidesCallees)
  const faults = usual.flatMap((world) => world.faults.map(({ root }) => ({ world, root })))
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

test('six releases overlap from the sixteenth minute on, one of them bad, each on one pod of five first', () => {
  for (const { changes, faults, startMs, histories, services } of worldsOf([flavourNamed('cold-start')])) {
    expect(changes).toHaveLength(6)
    expect(changes.filter(({ causes }) => causes === 0).map(({ service }) => service)).toEqual([
      faults[0]?.root.service,
    ])
    expect(changes[0]?.startMs).toBe(startMs + 15 * MINUTE_MS)
    for (const [i, change] of changes.slice(1).entries()) {
      expect(change.startMs).toBeGreaterThan(changes[i]?.startMs ?? 0)
      expect(change.startMs).toBeLessThan(changes[i]?.finishMs ?? 0)
    }
    const rollouts = services.flatMap(({ name }) => histories.get(name)?.rollouts ?? [])
    for (const { change, steps } of rollouts) {
      expect(steps[0]?.share).toBe(0.2)
      expect((steps[1]?.atMs ?? 0) - change.startMs).toBeGreaterThan(7 * MINUTE_MS)
    }
  }
})

test('a callee that hides shows less than its callers, one of which was released minutes before', () => {
  for (const { faults, changes } of worldsOf([flavourNamed('hidden-callee')]))
    for (const { root, victims } of faults) {
      expect(Math.max(...victims.map(({ added }) => added))).toBeGreaterThan(4 * root.added)
      const callers = victims.map(({ service }) => service)
      const before = changes.filter(
        ({ service, startMs }) =>
          callers.includes(service ?? '') && startMs < root.startMs && startMs > root.startMs - 11 * MINUTE_MS,
      )
      expect(before.length).toBeGreaterThan(0)
    }
})

test('quiet weeks break nothing and change much', () => {
  const { faults, changes, services } = planWorld(7, flavourNamed('quiet'))
  expect(faults).toEqual([])
  expect(changes.filter(isRollout).length).toBeGreaterThan(services.length * 14 * 10)
})

test('lines by the minute name pods, new ones from a rollout on, and lose no request', () => {
  const minutely = planWorld(7, flavourNamed('cold-start'))
  const chunks: string[] = []
  const drawn = drawWorld(minutely, (chunk) => chunks.push(chunk))
  const lines = chunks
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => LineSchema.parse(JSON.parse(line)))
  expect(lines.reduce((sum, { count }) => sum + count, 0)).toBe(drawn.requests)
  expect(lines.every(({ ts }) => ts.endsWith(':00Z'))).toBe(true)
  const [first] = minutely.changes
  const fresh = lines.filter(({ service, host }) => service === first?.service && host.startsWith(`${service}-1-`))
  expect(Math.min(...fresh.map(({ ts }) => Date.parse(ts)))).toBe(first?.startMs)
  expect(new Set(fresh.map(({ host }) => host)).size).toBe(5)
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
