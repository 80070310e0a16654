/*
 * How well faults are found and blamed, ours and by the usual rules, on simulated worlds whose truth is known.
 * npm run bench:accuracy -- [--worlds 10] [--seeds tuning|reporting] [--first 0] [--flavour fleet] [--quiet-weeks 0]
 *   [--blame-worlds 0 (of each kind that makes blame hard)] [--only-product | --rules] [--ablate (each part left out, a row each)] [--jobs 2]
 *   [--verbose] [--json results.json] [--keep folder]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { flavourNamed } from '../worlds/flavours.ts'
import { seedsNamed } from '../worlds/seeds.ts'
import { ablateDetector } from './ablate-detector.ts'
import { ablateEvidence } from './ablate-evidence.ts'
import {
  BLAME_WORLDS,
  type BlamedWorlds,
  blameGoals,
  renderBlame,
  renderBlameByKind,
  renderBlameWorlds,
  renderCalibration,
} from './blame-report.ts'
import {
  DETECTION_LEGEND,
  KIND_SLICES,
  renderDelays,
  renderDetection,
  renderSlices,
  TRAFFIC_SLICES,
  type Tried,
} from './detection-report.ts'
import { type Goal, goalsOf, renderGoals } from './goals.ts'
import { type JudgePlan, judgeSeeds, PRODUCT, USUAL_BLAME } from './judge-seeds.ts'
import { renderListing } from './listing.ts'
import { quietGoals, renderQuiet } from './quiet-report.ts'
import { onlyFaults, scoreJudgments } from './score.ts'

/** A quiet world is so many weeks long. */
const QUIET_WORLD_WEEKS = 2

await main()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      worlds: { type: 'string', default: '10' },
      seeds: { type: 'string', default: 'tuning' },
      first: { type: 'string', default: '0' },
      flavour: { type: 'string', default: 'fleet' },
      'quiet-weeks': { type: 'string', default: '0' },
      'blame-worlds': { type: 'string', default: '0' },
      'only-product': { type: 'boolean', default: false },
      rules: { type: 'boolean', default: false },
      ablate: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '2' },
      verbose: { type: 'boolean', default: false },
      json: { type: 'string' },
      keep: { type: 'string' },
    },
  })
  const planOf = (flavour: string, worlds: number): JudgePlan => ({
    flavour: flavourNamed(flavour),
    seeds: seedsNamed(values.seeds).slice(Number(values.first), Number(values.first) + worlds),
    withProduct: !values.rules,
    withRules: !values['only-product'],
    folder: values.keep ?? mkdtempSync(join(tmpdir(), 'accuracy-')),
    keepsWorlds: values.keep !== undefined,
    jobs: Number(values.jobs),
  })
  const plan = planOf(values.flavour, Number(values.worlds))
  const quietPlan = planOf('quiet', Math.ceil(Number(values['quiet-weeks']) / QUIET_WORLD_WEEKS))
  const tried = await judge(plan)
  const quiet = await judge(quietPlan)
  const blamed: BlamedWorlds[] = []
  for (const world of Number(values['blame-worlds']) > 0 ? BLAME_WORLDS : []) {
    const hard = { ...planOf(world.flavour, Number(values['blame-worlds'])), withProduct: true, withRules: false }
    const [ours, usual] = await judge(hard)
    if (ours !== undefined && usual !== undefined) blamed.push({ world, ours, usual })
  }
  const ours = tried.find(({ name }) => name === PRODUCT)
  const goals = [...(ours === undefined ? [] : goalsOf(ours.judgments)), ...quietGoals(quiet), ...blameGoals(blamed)]
  if (values.verbose)
    for (const { judgments } of [ours, quiet[0], ...blamed.map((one) => one.ours)].flatMap((one) => one ?? []))
      console.log(renderListing(judgments), '\n')
  console.log(headline(plan, values.seeds, tried))
  console.log(renderAll({ tried, quiet, blamed, goals }).join('\n\n'))
  if (values.ablate && ours !== undefined) {
    const parts = await ablateDetector(plan.flavour, plan.seeds)
    console.log(`\n${renderDetection('detector alone', parts)}\n\n${renderBlame('evidence', ablateEvidence(ours))}`)
    for (const one of blamed) console.log(`\n${renderBlame(one.world.flavour, ablateEvidence(one.ours))}`)
  }
  if (values.json !== undefined) writeFileSync(values.json, toJson(plan, { tried, quiet, blamed, goals }))
}

async function judge(plan: JudgePlan): Promise<Tried[]> {
  try {
    return await judgeSeeds(plan)
  } finally {
    if (!plan.keepsWorlds) rmSync(plan.folder, { recursive: true, force: true })
  }
}

interface Results {
  readonly tried: readonly Tried[]
  readonly quiet: readonly Tried[]
  readonly blamed: readonly BlamedWorlds[]
  readonly goals: readonly Goal[]
}

function headline({ flavour, seeds }: JudgePlan, seedsName: string, tried: readonly Tried[]): string {
  const score = scoreJudgments(tried[0]?.judgments ?? [])
  return [
    `${seeds.length} worlds of flavour ${flavour.name}, ${seedsName} seeds ${seeds[0]}–${seeds.at(-1)}.`,
    `${score.faults} faults, ${score.undetectable} of them too small to count. Intervals are 95 %.`,
    DETECTION_LEGEND,
    '',
  ].join('\n')
}

function renderAll({ tried, quiet, blamed, goals }: Results): string[] {
  const ours = tried.find(({ name }) => name === PRODUCT)
  const usual = tried.find(({ name }) => name === USUAL_BLAME)
  const detectors = tried.filter(({ name }) => name !== USUAL_BLAME)
  return [
    ...(goals.length > 0 ? [renderGoals(goals)] : []),
    renderDetection('rule', detectors),
    renderSlices(KIND_SLICES, detectors),
    renderSlices(TRAFFIC_SLICES, detectors),
    ...(quiet.length > 0 ? [renderQuiet(quiet.filter(({ name }) => name !== USUAL_BLAME))] : []),
    ...(ours === undefined ? [] : [renderDelays(ours)]),
    renderBlame('rule', tried),
    ...(ours === undefined || usual === undefined ? [] : [renderBlameByKind(ours, usual), renderCalibration(ours)]),
    ...(blamed.length > 0 ? [renderBlameWorlds(blamed)] : []),
  ]
}

/** Everything in the tables, and for the product every fault with what was said of it. */
function toJson({ seeds, flavour }: JudgePlan, { tried, quiet, blamed, goals }: Results): string {
  const sliced = (slices: typeof KIND_SLICES, { judgments }: Tried) =>
    Object.fromEntries(slices.map(({ name, keep }) => [name, scoreJudgments(onlyFaults(judgments, keep))]))
  const scoresOf = (one: Tried) => ({
    name: one.name,
    score: scoreJudgments(one.judgments),
    byKind: sliced(KIND_SLICES, one),
    byTraffic: sliced(TRAFFIC_SLICES, one),
  })
  const product = tried.find(({ name }) => name === PRODUCT)?.judgments ?? []
  const results = {
    ...{ flavour: flavour.name, seeds, goals, rules: tried.map(scoresOf), quiet: quiet.map(scoresOf) },
    blamed: blamed.map(({ world, ours, usual }) => ({ ...world, ours: scoresOf(ours), usual: scoresOf(usual) })),
    product,
  }
  return JSON.stringify(results, (key, value) => (key === 'evidencePerCell' ? undefined : value), 1)
}
