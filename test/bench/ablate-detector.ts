import { detectionSchema, toDetectorSettings } from '../../services/detector/config.ts'
import type { Flavour } from '../worlds/flavours.ts'
import { describeTruth } from '../worlds/truth.ts'
import { planWorld } from '../worlds/world.ts'
import { detectWorld } from './detect-world.ts'
import type { Tried } from './detection-report.ts'
import { factsOf, type Judgment, judgeWorld } from './judge.ts'

/** What the configuration can switch off, or turn up and down, each by itself. */
const VARIANTS = [
  { name: 'as it is', detection: {} },
  { name: 'no least excess', detection: { minimum_excess_errors: 1 } },
  { name: 'no least uplift', detection: { minimum_uplift: 0 } },
  { name: 'no least ratio', detection: { minimum_ratio: 1 } },
  { name: 'tenfold budget', detection: { false_alarms_per_week: 2 } },
  { name: 'tenth of budget', detection: { false_alarms_per_week: 0.02 } },
] as const

/** The detector alone under each variant of its configuration, on the same worlds. */
export async function ablateDetector(flavour: Flavour, seeds: readonly number[]): Promise<Tried[]> {
  const tried: Tried[] = []
  for (const { name, detection } of VARIANTS) {
    const judgments: Judgment[] = []
    for (const seed of seeds) judgments.push(await detectSeed(flavour, seed, detection))
    tried.push({ name, judgments })
  }
  return tried
}

/** Judges the detector alone on one world. `detection` is that key of the configuration. */
export async function detectSeed(flavour: Flavour, seed: number, detection: unknown): Promise<Judgment> {
  const world = planWorld(seed, flavour)
  const settings = toDetectorSettings(detectionSchema.parse(detection), new Map())
  const { findings, extraErrors } = await detectWorld(world, settings)
  return judgeWorld(factsOf(world, describeTruth(world, extraErrors)), findings)
}
