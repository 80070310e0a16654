/*
 * How well the cause is named on simulated worlds in memory, beside the usual rule on the same alarms: the detector's spikes
 * into the correlator, with no store between.
 * npm run bench:blame -- [--worlds fleet=5,hosts=5,… (flavour=worlds, or flavour=worlds:faults in each)]
 *   [--seeds tuning|reporting] [--first 0] [--verbose] [--only-wrong] [--ablate] [--json F]
 *   [--folder scratch/blame (where what the logs answered is kept)] [--trust (kept answers, whatever code changed since)]
 * `quiet=8` counts healthy deploys and those of them that are blamed, `busy=80` makes 2,000 incidents.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { seedsNamed } from '../worlds/seeds.ts'
import { planWorld } from '../worlds/world.ts'
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
import { blameWorld } from './blame-world.ts'
import type { Tried } from './detection-report.ts'
import { calibrationGoal, type Goal, renderGoals, suspectGoals } from './goals.ts'
import { type Judgment, judgeWorld } from './judge.ts'
import { blameLatest, PRODUCT, USUAL_BLAME } from './judge-seeds.ts'
import { renderListing } from './listing.ts'
import { deploysGoal, renderQuiet } from './quiet-report.ts'
import { blamesAnother, firstForecastsOf, forecastsOf, namesCulprit, scoreJudgments } from './score.ts'
import { calibrationBins } from './statistics.ts'
import { parseWorldLists, type WorldList } from './world-list.ts'

const { values } = parseArgs({
  options: {
    worlds: {
      type: 'string',
      default: ['fleet', ...BLAME_WORLDS.map(({ flavour }) => flavour)].join('=5,').concat('=5'),
    },
    seeds: { type: 'string', default: 'tuning' },
    first: { type: 'string', default: '0' },
    verbose: { type: 'boolean', default: false },
    'only-wrong': { type: 'boolean', default: false },
    ablate: { type: 'boolean', default: false },
    json: { type: 'string' },
    folder: { type: 'string', default: 'scratch/blame' },
    trust: { type: 'boolean', default: false },
  },
})

/** The same worlds under our blame and the usual one. */
interface Judged {
  readonly flavour: string
  readonly seeds: readonly number[]
  readonly ours: Tried
  readonly usual: Tried
}

const judged: Judged[] = []
for (const list of parseWorldLists(values.worlds)) judged.push(await judgeList(list))
const quiet = judged.filter(({ flavour }) => flavour === 'quiet')
const failing = judged.filter(({ flavour }) => flavour !== 'quiet')
for (const { flavour, ours, usual } of judged) {
  if (values.verbose)
    console.log(renderListing(values['only-wrong'] ? ours.judgments.map(onlyWrong) : ours.judgments), '\n')
  const variants = values.ablate ? ablateEvidence(ours).slice(1) : []
  if (flavour !== 'quiet') console.log(renderBlame(flavour, [ours, usual, ...variants]), '\n')
}
if (quiet.length > 0) console.log(renderQuiet([pool(quiet, 'ours'), pool(quiet, 'usual')]), '\n')
if (failing.length > 0) printPooled(pool(failing, 'ours'), pool(failing, 'usual'))
console.log(renderGoals([...failingGoals(pool(failing, 'ours')), ...quiet.map((one) => deploysGoal(one.ours))]))
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(judged.map(toJson), null, 1))

async function judgeList({ flavour, worlds }: WorldList): Promise<Judged> {
  const seeds = seedsNamed(values.seeds).slice(Number(values.first), Number(values.first) + worlds)
  const ours: Judgment[] = []
  const usual: Judgment[] = []
  for (const seed of seeds) {
    const world = planWorld(seed, flavour)
    const { facts, findings } = await blameWorld(world, { folder: values.folder, trusts: values.trust })
    ours.push(judgeWorld(facts, findings))
    usual.push(judgeWorld(facts, blameLatest(findings, world.records)))
    console.error(`${flavour.name} ${seed}: ${findings.length} incidents`)
  }
  const named = { ours: { name: PRODUCT, judgments: ours }, usual: { name: USUAL_BLAME, judgments: usual } }
  return { flavour: flavour.name, seeds, ...named }
}

function pool(some: readonly Judged[], of: 'ours' | 'usual'): Tried {
  return {
    name: of === 'ours' ? PRODUCT : USUAL_BLAME,
    judgments: some.flatMap((one) => one[of].judgments),
  }
}

function printPooled(ours: Tried, usual: Tried): void {
  console.log(renderBlameByKind(ours, usual), '\n')
  if (hardWorlds().length > 0) console.log(renderBlameWorlds(hardWorlds()), '\n')
  console.log(renderCalibration(ours), '\n')
  console.log(renderCalibration({ ...ours, name: 'first' }, firstForecastsOf), '\n')
}

function hardWorlds(): BlamedWorlds[] {
  return failing.flatMap(({ flavour, ours, usual }) => {
    const world = BLAME_WORLDS.find((one) => one.flavour === flavour)
    return world === undefined ? [] : [{ world, ours, usual }]
  })
}

function failingGoals({ judgments }: Tried): Goal[] {
  if (judgments.length === 0) return []
  const incidents = judgments.reduce((sum, { faults, falseAlarms }) => {
    return sum + falseAlarms.length + faults.reduce((found, { findings }) => found + findings.length, 0)
  }, 0)
  const fleet = failing.filter(({ flavour }) => flavour === 'fleet')
  return [
    ...fleet.flatMap(({ ours }) => suspectGoals(ours.judgments)),
    calibrationGoal(`calibration error, suspects of ${incidents} incidents`, judgments, forecastsOf),
    calibrationGoal('calibration error, first suspects alone', judgments, firstForecastsOf),
    ...blameGoals(hardWorlds()),
  ]
}

function onlyWrong(judgment: Judgment): Judgment {
  return {
    ...judgment,
    faults: judgment.faults.filter((fault) => {
      const named = fault.fault.culpritChangeId === null || namesCulprit(fault)
      return fault.detectable && (!named || blamesAnother(fault))
    }),
  }
}

function toJson({ flavour, seeds, ours, usual }: Judged) {
  return {
    ...{ flavour, seeds, ours: scoreJudgments(ours.judgments), usual: scoreJudgments(usual.judgments) },
    calibration: calibrationBins(ours.judgments.flatMap(forecastsOf)),
    calibrationOfFirst: calibrationBins(ours.judgments.flatMap(firstForecastsOf)),
  }
}
