import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ChangeRecord } from '../worlds/change-records.ts'
import type { Flavour } from '../worlds/flavours.ts'
import { planWorld } from '../worlds/world.ts'
import { writeWorld } from '../worlds/write-world.ts'
import type { Tried } from './detection-report.ts'
import { type Finding, factsOf, type Judgment, judgeWorld } from './judge.ts'
import { runProduct } from './run-product.ts'
import { runRule, USUAL_RULES } from './run-rules.ts'
import { latestChange } from './usual-rules/latest-change.ts'

export const PRODUCT = 'culprit'
/** The usual blame on the product's own alarms: so that blame alone is compared. */
export const USUAL_BLAME = 'latest change'

export interface JudgePlan {
  readonly flavour: Flavour
  readonly seeds: readonly number[]
  readonly withProduct: boolean
  readonly withRules: boolean
  /** Where worlds are written; each is deleted once judged, unless they are kept. */
  readonly folder: string
  readonly keepsWorlds: boolean
  /** Worlds judged at the same time. */
  readonly jobs: number
}

/** Judges everything on every world: the product first, then the rules, each with its worlds in the order of the seeds. */
export async function judgeSeeds(plan: JudgePlan): Promise<Tried[]> {
  const results: { seed: number; judged: Map<string, Judgment> }[] = []
  const waiting = [...plan.seeds]
  const work = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift())
      results.push({ seed, judged: await judgeSeed(plan, seed) })
  }
  await Promise.all(Array.from({ length: plan.jobs }, work))
  const inOrder = results.toSorted((a, b) => a.seed - b.seed)
  const names = [...(inOrder[0]?.judged.keys() ?? [])]
  return names.map((name) => ({ name, judgments: inOrder.flatMap(({ judged }) => judged.get(name) ?? []) }))
}

async function judgeSeed(plan: JudgePlan, seed: number): Promise<Map<string, Judgment>> {
  const world = planWorld(seed, plan.flavour)
  const folder = join(plan.folder, `${plan.flavour.name}-${seed}`)
  const written = writeWorld(world, folder)
  const facts = factsOf(world, written.truth)
  const judged = new Map<string, Judgment>()
  if (plan.withProduct) {
    const { findings, elapsedSeconds } = await runProduct(written)
    judged.set(PRODUCT, judgeWorld(facts, findings))
    judged.set(USUAL_BLAME, judgeWorld(facts, blameLatest(findings, world.records)))
    console.error(`world ${seed}: ${written.drawn.lines} lines, replayed in ${elapsedSeconds.toFixed(1)} s`)
  }
  if (plan.withRules)
    for (const rule of USUAL_RULES)
      judged.set(rule.name, judgeWorld(facts, runRule(rule, { counts: written.drawn.counts, changes: world.records })))
  if (!plan.keepsWorlds) rmSync(folder, { recursive: true, force: true })
  return judged
}

/** The same alarms with the usual blame. */
export function blameLatest(findings: readonly Finding[], changes: readonly ChangeRecord[]): Finding[] {
  return findings.map((finding) => {
    const blamed = latestChange(finding, changes)
    return { ...finding, suspects: blamed === null ? [] : [{ changeId: blamed, probability: 1 }], hypotheses: [] }
  })
}
