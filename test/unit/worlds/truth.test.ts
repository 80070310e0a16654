import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type DrawnWorld, drawWorld } from '../../worlds/draw-world.ts'
import { flavourNamed } from '../../worlds/flavours.ts'
import { expectedErrorRate, expectedRate } from '../../worlds/traffic.ts'
import { describeTruth, type TrueFault } from '../../worlds/truth.ts'
import { planWorld } from '../../worlds/world.ts'

// Calm noise, so that what a fault adds can be told from the lines alone.
const flavour = {
  ...flavourNamed('small'),
  faults: [4, 4] as const,
  noise: [{ weight: 1, phi: [1, 1] as const, holdCells: [1, 1] as const }],
  blipsPerServiceDay: 0,
}
const LineSchema = z.strictObject({
  ts: z.iso.datetime(),
  service: z.string(),
  env: z.literal('prod'),
  method: z.string(),
  route: z.string(),
  status: z.number().int().min(200).max(599),
  version: z.string().optional(),
  region: z.string().optional(),
  client: z.string().optional(),
  count: z.number().int().positive(),
})
type Line = z.infer<typeof LineSchema>

const world = planWorld(11, flavour)
let drawn: DrawnWorld
let lines: Line[] = []
let truth: TrueFault[]

beforeAll(() => {
  const chunks: string[] = []
  drawn = drawWorld(world, (chunk) => chunks.push(chunk))
  lines = chunks.flatMap((chunk) =>
    chunk
      .trimEnd()
      .split('\n')
      .map((line) => LineSchema.parse(JSON.parse(line))),
  )
  truth = describeTruth(world, drawn.extraErrors)
})

function total(kept: (line: Line) => boolean): number {
  return lines.filter(kept).reduce((sum, { count }) => sum + count, 0)
}

test('the lines add up to the counts that the rules are given', () => {
  expect(lines).toHaveLength(drawn.lines)
  for (const { service, requests, errors } of drawn.counts) {
    expect(total((line) => line.service === service)).toBe(requests.reduce((sum, n) => sum + n, 0))
    expect(total((line) => line.service === service && line.status >= 500)).toBe(errors.reduce((sum, k) => sum + k, 0))
  }
})

test('lines come in time order', () => {
  expect(lines.every((line, i) => i === 0 || line.ts >= (lines[i - 1]?.ts ?? ''))).toBe(true)
})

test('traffic is what was planned, outside of faults', () => {
  const untilMs = truth[0]?.startMs ?? 0
  for (const service of world.services) {
    let expected = 0
    for (let atMs = world.startMs; atMs < untilMs; atMs += 10_000) expected += 10 * expectedRate(service, flavour, atMs)
    const seen = total((line) => line.service === service.name && Date.parse(line.ts) < untilMs)
    expect(Math.abs(seen / expected - 1)).toBeLessThan(0.06)
  }
})

test('the extra errors of each fault are those that the lines show above normal', () => {
  for (const [index, fault] of truth.entries()) {
    const hurt = [fault.service, ...fault.callers]
    const during = (line: Line): boolean =>
      hurt.includes(line.service) && Date.parse(line.ts) >= fault.startMs - 10_000 && Date.parse(line.ts) < fault.endMs
    const normal = world.services.reduce((sum, service) => {
      const requests = total((line) => during(line) && line.service === service.name)
      return sum + requests * expectedErrorRate(service, flavour, fault.startMs)
    }, 0)
    const seen = total((line) => during(line) && line.status >= 500)
    expect(drawn.extraErrors[index]).toBeGreaterThan(0)
    expect(Math.abs(seen - normal - (drawn.extraErrors[index] ?? 0))).toBeLessThan(6 * Math.sqrt(normal) + 3)
  }
})

test('every fault that a change caused names it, the others none', () => {
  for (const { cause, culpritChangeId } of truth) expect(culpritChangeId !== null).toBe(cause === 'change')
})

test('evidence is told for every cell from the start of a fault to its end', () => {
  for (const { startMs, endMs, evidencePerCell } of truth) {
    expect(evidencePerCell.length).toBe(Math.ceil(endMs / 10_000) - Math.floor(startMs / 10_000))
    expect(evidencePerCell.every((nats) => nats >= 0)).toBe(true)
    expect(evidencePerCell.reduce((sum, nats) => sum + nats, 0)).toBeGreaterThan(0)
  }
})
