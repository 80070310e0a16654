import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../../services/detector/config.ts'
import { detectWorld } from '../../bench/detect-world.ts'
import { factsOf, judgeWorld } from '../../bench/judge.ts'
import { drawWorld } from '../../worlds/draw-world.ts'
import { flavourNamed } from '../../worlds/flavours.ts'
import { describeTruth } from '../../worlds/truth.ts'
import { planWorld } from '../../worlds/world.ts'

const settings = toDetectorSettings(detectionSchema.parse({}), new Map())

test('the quick loop draws the same traffic as the lines do, and finds its plain faults', async () => {
  const world = planWorld(12, { ...flavourNamed('small'), plainShare: 1, oneRegionShare: 0, rampShare: 0 })
  const { findings, extraErrors } = await detectWorld(world, settings)
  expect(extraErrors).toEqual(drawWorld(world, () => {}).extraErrors)
  const judged = judgeWorld(factsOf(world, describeTruth(world, extraErrors)), findings)
  const asked = judged.faults.filter(({ detectable }) => detectable)
  expect(asked.length).toBeGreaterThan(1)
  for (const fault of asked) expect(fault.findings.length).toBeGreaterThan(0)
})
