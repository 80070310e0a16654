/*
 * The quick loop: how well the cause is named, on simulated worlds in memory. For tuning, so it takes tuning seeds only.
 * npm run bench:blame -- [--worlds 5] [--first 0] [--flavours fleet,…] [--verbose] [--only-wrong] [--ablate] [--json F]
 *   [--faults 14 (in each world, more than usual, so that a run holds more of them)]
 *   [--folder scratch/blame (where what the logs answered is kept)] [--trust (kept answers, whatever code changed since)]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { flavourNamed } from '../worlds/flavours.ts'
import { TUNING_SEEDS } from '../worlds/seeds.ts'
import { planWorld } from '../worlds/world.ts'
import { ablateEvidence } from './ablate-evidence.ts'
import { BLAME_WORLDS, renderBlame, renderBlameByKind, renderBlameWorlds, renderCalibration } from './blame-report.ts'
import { blameWorld } from './blame-world.ts'
import type { Tried } from './detection-report.ts'
import { type Judgment, judgeWorld } from './judge.ts'
import { blameLatest, USUAL_BLAME } from './judge-seeds.ts'
import { renderListing } from './listing.ts'
import { blamesAnother, forecastsOf, namesCulprit, scoreJudgments } from './score.ts'
import { calibrationBins } from './statistics.ts'

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '5' },
    first: { type: 'string', default: '0' },
    flavours: { type: 'string', default: ['fleet', ...BLAME_WORLDS.map(({ flavour }) => flavour)].join(',') },
    verbose: { type: 'boolean', default: false },
    'only-wrong': { type: 'boolean', default: false },
    ablate: { type: 'boolean', default: false },
    json: { type: 'string' },
    faults: { type: 'string' },
    folder: { type: 'string', default: 'scratch/blame' },
    trust: { type: 'boolean', default: false },
  },
})
const seeds = TUNING_SEEDS.slice(Number(values.first), Number(values.first) + Number(values.worlds))
const results: { readonly flavour: string; readonly ours: Tried; readonly usual: Tried }[] = []
const faults = values.faults === undefined ? {} : { faults: [Number(values.faults), Number(values.faults)] as const }
for (const name of values.flavours.split(',')) {
  const flavour = { ...flavourNamed(name), ...faults }
  const ours: Judgment[] = []
  const usual: Judgment[] = []
  for (const seed of seeds) {
    const world = planWorld(seed, flavour)
    const { facts, findings } = await blameWorld(world, { folder: values.folder, trusts: values.trust })
    ours.push(judgeWorld(facts, findings))
    usual.push(judgeWorld(facts, blameLatest(findings, world.records)))
  }
  results.push({
    flavour: flavour.name,
    ours: { name: 'culprit', judgments: ours },
    usual: { name: USUAL_BLAME, judgments: usual },
  })
}
for (const { flavour, ours, usual } of results) {
  if (values.verbose)
    console.log(renderListing(values['only-wrong'] ? onlyWrong(ours.judgments) : ours.judgments), '\n')
  const variants = values.ablate ? ablateEvidence(ours).slice(1) : []
  console.log(renderBlame(flavour, [ours, usual, ...variants]), '\n')
}
const worlds = results.flatMap(({ flavour, ours, usual }) => {
  const world = BLAME_WORLDS.find((one) => one.flavour === flavour)
  return world === undefined ? [] : [{ world, ours, usual }]
})
const all = (of: 'ours' | 'usual'): Tried => ({
  name: of,
  judgments: results.flatMap((result) => result[of].judgments),
})
console.log(renderBlameByKind(all('ours'), all('usual')), '\n')
if (worlds.length > 0) console.log(renderBlameWorlds(worlds), '\n')
console.log(renderCalibration({ ...all('ours'), name: 'culprit' }))
if (values.json !== undefined)
  writeFileSync(
    values.json,
    JSON.stringify(
      results.map(({ flavour, ours, usual }) => ({
        ...{ flavour, seeds, ours: scoreJudgments(ours.judgments), usual: scoreJudgments(usual.judgments) },
        calibration: calibrationBins(ours.judgments.flatMap(forecastsOf)),
      })),
      null,
      1,
    ),
  )

function onlyWrong(judgments: readonly Judgment[]): Judgment[] {
  return judgments.map((judgment) => ({
    ...judgment,
    faults: judgment.faults.filter((fault) => {
      const named = fault.fault.culpritChangeId === null || namesCulprit(fault)
      return fault.detectable && (!named || blamesAnother(fault))
    }),
  }))
}
