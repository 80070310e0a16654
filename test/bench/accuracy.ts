/*
 * How well faults are found and blamed, ours and by the usual rules, on simulated worlds whose truth is known.
 * npm run bench:accuracy -- [--worlds 10] [--seeds tuning|reporting] [--first 0] [--flavour fleet] [--only-product | --rules]
 *   [--verbose] [--json results.json] [--keep folder]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Flavour, flavourNamed } from '../worlds/flavours.ts'
import { REPORTING_SEEDS, TUNING_SEEDS } from '../worlds/seeds.ts'
import { planWorld } from '../worlds/world.ts'
import { writeWorld } from '../worlds/write-world.ts'
import { renderBlame } from './blame-report.ts'
import { type NamedScore, renderDetection } from './detection-report.ts'
import { type Judgment, judgeWorld } from './judge.ts'
import { renderListing } from './listing.ts'
import { runProduct } from './run-product.ts'
import { runRule, USUAL_RULES } from './run-rules.ts'
import { scoreJudgments } from './score.ts'

const PRODUCT = 'culprit'
const RUNS_AT_ONCE = 2

interface Plan {
  readonly flavour: Flavour
  readonly seeds: readonly number[]
  readonly withProduct: boolean
  readonly withRules: boolean
  readonly folder: string
  readonly keepsWorlds: boolean
}

await main()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      worlds: { type: 'string', default: '10' },
      seeds: { type: 'string', default: 'tuning' },
      first: { type: 'string', default: '0' },
      flavour: { type: 'string', default: 'fleet' },
      'only-product': { type: 'boolean', default: false },
      rules: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      json: { type: 'string' },
      keep: { type: 'string' },
    },
  })
  const seeds = chooseSeeds(values.seeds).slice(Number(values.first), Number(values.first) + Number(values.worlds))
  const plan: Plan = {
    flavour: flavourNamed(values.flavour),
    seeds,
    withProduct: !values.rules,
    withRules: !values['only-product'],
    folder: values.keep ?? mkdtempSync(join(tmpdir(), 'accuracy-')),
    keepsWorlds: values.keep !== undefined,
  }
  const judgments = await judgeAll(plan)
  if (!plan.keepsWorlds) rmSync(plan.folder, { recursive: true, force: true })
  const scores = [...judgments].map(([name, list]): NamedScore => ({ name, score: scoreJudgments(list) }))
  if (values.verbose) console.log(renderListing(judgments.get(PRODUCT) ?? []), '\n')
  console.log(headline(plan, values.seeds, scores))
  console.log(`${renderDetection('rule', scores)}\n\n${renderBlame('rule', scores)}`)
  if (values.json === undefined) return
  const results = { seeds, scores, product: judgments.get(PRODUCT) ?? [] }
  writeFileSync(
    values.json,
    JSON.stringify(results, (key, value) => (key === 'evidencePerCell' ? undefined : value), 1),
  )
}

function chooseSeeds(name: string): readonly number[] {
  if (name === 'tuning') return TUNING_SEEDS
  if (name === 'reporting') return REPORTING_SEEDS
  throw new Error(`no seeds ${name}: take tuning or reporting`)
}

/** By the name of what was tried, the judgments in the order of the seeds. */
async function judgeAll(plan: Plan): Promise<Map<string, Judgment[]>> {
  const results: { seed: number; judged: Map<string, Judgment> }[] = []
  const waiting = [...plan.seeds]
  const work = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift())
      results.push({ seed, judged: await judgeSeed(plan, seed) })
  }
  await Promise.all(Array.from({ length: RUNS_AT_ONCE }, work))
  const inOrder = results.toSorted((a, b) => a.seed - b.seed)
  const names = [...(plan.withProduct ? [PRODUCT] : []), ...(plan.withRules ? USUAL_RULES.map(({ name }) => name) : [])]
  return new Map(names.map((name) => [name, inOrder.flatMap(({ judged }) => judged.get(name) ?? [])]))
}

async function judgeSeed(plan: Plan, seed: number): Promise<Map<string, Judgment>> {
  const world = planWorld(seed, plan.flavour)
  const folder = join(plan.folder, `${plan.flavour.name}-${seed}`)
  const written = writeWorld(world, folder)
  const facts = { seed, serviceDays: (world.services.length * plan.flavour.hours) / 24, faults: written.truth }
  const judged = new Map<string, Judgment>()
  if (plan.withProduct) {
    const { findings, elapsedSeconds } = await runProduct(written)
    judged.set(PRODUCT, judgeWorld(facts, findings))
    console.error(`world ${seed}: ${written.drawn.lines} lines, replayed in ${elapsedSeconds.toFixed(1)} s`)
  }
  if (plan.withRules)
    for (const rule of USUAL_RULES)
      judged.set(rule.name, judgeWorld(facts, runRule(rule, { counts: written.drawn.counts, changes: world.records })))
  if (!plan.keepsWorlds) rmSync(folder, { recursive: true, force: true })
  return judged
}

function headline({ flavour, seeds }: Plan, seedsName: string, scores: readonly NamedScore[]): string {
  const score = scores[0]?.score
  const faults = score === undefined ? '' : `, ${score.faults} faults, ${score.undetectable} of them too small to count`
  return [
    `${seeds.length} worlds of flavour ${flavour.name} (${seedsName} seeds ${seeds[0]}–${seeds.at(-1)})${faults}; 95 % intervals in brackets.`,
    `\`npm run bench:accuracy -- --worlds ${seeds.length} --seeds ${seedsName} --flavour ${flavour.name}\``,
    '',
  ].join('\n')
}
