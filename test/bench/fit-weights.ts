/*
 * Fits what each kind of evidence counts for on labelled incidents of simulated worlds, and says whether that is better
 * than the weights that were reasoned, on worlds that the fit has not seen. Tuning seeds only.
 * npm run fit:weights -- [--worlds fleet=20,… (flavour=worlds, or flavour=worlds:faults in each)] [--folder scratch/blame] [--trust]
 *   [--strength 4 (how hard a weight is held to the reasoned one)] [--write (into the product)]
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EVIDENCE_WEIGHTS, MODEL_DOUBT, REASONED_WEIGHTS, STEEPNESS } from '../../services/correlator/core/weights.ts'
import { EVIDENCE_KINDS, type EvidenceKind } from '../../shared/domain/incident.ts'
import { TUNING_SEEDS } from '../worlds/seeds.ts'
import { planWorld } from '../worlds/world.ts'
import { renderBlame } from './blame-report.ts'
import { blameWorld } from './blame-world.ts'
import type { Tried } from './detection-report.ts'
import { type Finding, type Judgment, judgeWorld } from './judge.ts'
import { renderTable } from './text-table.ts'
import { parseWorldLists } from './world-list.ts'

type Weights = Readonly<Record<EvidenceKind, number>>

/** One incident: for each hypothesis what it starts from, nats, and what each kind of evidence says; and which is true. */
interface Labelled {
  readonly hypotheses: readonly {
    readonly cause: string
    readonly startsFrom: number
    readonly said: readonly number[]
  }[]
  readonly truth: number
}

const STEPS = 1_000
const RATE = 0.02
/** The worlds' statuses are tidier than life's: what they make of one kind of evidence is believed so far. */
const WEIGHT_MAX = 1.5
/** The worlds' own base rates, which say nothing of anybody's system: fitted beside the weights, and forgotten. */
const BASES = ['change', 'upstream', 'load', 'client'] as const

const FITTED_FILE = fileURLToPath(new URL('../../services/correlator/core/fitted-weights.ts', import.meta.url))
/** Flavours, each with so many worlds and so many faults in each. */
const WORLDS = 'busy=40,fleet=20,hosts=10,untagged=10,cold-start=40,hidden-callee=8,learned-callee=8'

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: WORLDS },
    folder: { type: 'string', default: 'scratch/blame' },
    trust: { type: 'boolean', default: false },
    strength: { type: 'string', default: '4' },
    write: { type: 'boolean', default: false },
  },
})
const judgments = await judgeAll()
const [even, odd] = [0, 1].map((rest) => judgments.filter((_, i) => i % 2 === rest)) as [Judgment[], Judgment[]]
const halves = [
  { fitted: fitWeights(even.flatMap(labelAll)).weights, unseen: odd },
  { fitted: fitWeights(odd.flatMap(labelAll)).weights, unseen: even },
]
const refitted = halves.flatMap(({ fitted, unseen }) => unseen.map((world) => reweigh(world, fitted)))
const reasoned = halves.flatMap(({ unseen }) => unseen.map((world) => reweigh(world, REASONED_WEIGHTS)))
const { weights: all, bases } = fitWeights(judgments.flatMap(labelAll))
const tried: Tried[] = [
  { name: 'reasoned', judgments: reasoned },
  { name: 'fitted on the others', judgments: refitted },
]
console.log(renderBlame('weights, on unseen worlds', tried), '\n')
console.log(
  renderTable(
    ['evidence', 'reasoned', 'in use', ...halves.map((_, i) => `half ${i + 1}`), 'all', 'incidents with it'],
    EVIDENCE_KINDS.map((kind, k) => [
      kind,
      ...[REASONED_WEIGHTS, EVIDENCE_WEIGHTS, ...halves.map(({ fitted }) => fitted), all].map((weights) =>
        weights[kind].toFixed(2),
      ),
      String(
        judgments.flatMap(labelAll).filter(({ hypotheses }) => hypotheses.some(({ said }) => said[k] !== 0)).length,
      ),
    ]),
  ),
)
const [before, after] = [loss(reasoned), loss(refitted)]
console.log(`\nbases, nats, forgotten: ${BASES.map((base, i) => `${base} ${(bases[i] ?? 0).toFixed(2)}`).join(', ')}`)
console.log(`\nloss, nats an incident: reasoned ${before.toFixed(4)}, fitted on the others ${after.toFixed(4)}`)
if (values.write && after < before) writeFileSync(FITTED_FILE, sayFitted())

function sayFitted(): string {
  const lines = EVIDENCE_KINDS.map((kind) => `  ${kind}: ${Number(all[kind].toFixed(2))},`)
  return `import type { EvidenceKind } from '../../../shared/domain/incident.ts'

/**
 * What \`npm run fit:weights -- --write\` made of ${judgments.flatMap(labelAll).length} incidents of simulated worlds:
 * ${values.worlds.replaceAll(',', ', ')}
 * (flavour=worlds:faults in each), tuning seeds from ${TUNING_SEEDS[0]} on. On worlds not fitted on, the loss fell from ${before.toFixed(3)} to
 * ${after.toFixed(3)} nats an incident. What the worlds hardly have keeps its reasoned weight.
 */
export const FITTED_WEIGHTS: Readonly<Record<EvidenceKind, number>> = {
${lines.join('\n')}
}
`
}

async function judgeAll(): Promise<Judgment[]> {
  const judged: Judgment[] = []
  for (const { flavour, worlds } of parseWorldLists(values.worlds)) {
    for (const seed of TUNING_SEEDS.slice(0, worlds)) {
      const world = planWorld(seed, flavour)
      const { facts, findings } = await blameWorld(world, { folder: values.folder, trusts: values.trust })
      judged.push(judgeWorld(facts, findings))
    }
  }
  return judged
}

/** Every incident is labelled with the guilty change where it lists it, else with the true cause, or `unknown`. */
function labelAll({ faults, falseAlarms }: Judgment): Labelled[] {
  return [
    ...faults.flatMap(({ fault, findings }) =>
      findings.map((finding) => label(finding, fault.culpritChangeId, fault.cause)),
    ),
    ...falseAlarms.map((finding) => label(finding, null, 'unknown')),
  ]
}

function label({ hypotheses = [] }: Finding, culprit: string | null, cause: string): Labelled {
  const truth =
    culprit === null
      ? hypotheses.findIndex((one) => one.cause === cause)
      : hypotheses.findIndex(({ changeId }) => changeId === culprit)
  const unknown = hypotheses.findIndex((one) => one.cause === 'unknown')
  return {
    truth: truth === -1 ? unknown : truth,
    hypotheses: hypotheses.map((one) => ({
      cause: one.cause,
      said: EVIDENCE_KINDS.map((kind) => saidBy(one, kind)),
      startsFrom: priorOf(one),
    })),
  }
}

type Told = NonNullable<Finding['hypotheses']>[number]

function saidBy({ evidence }: Told, kind: EvidenceKind): number {
  return evidence.reduce((sum, one) => sum + (one.kind === kind ? one.logOdds : 0), 0)
}

/** The posterior is prior times evidence: without the evidence it is the prior, but for a factor that all share. */
function priorOf(one: Told): number {
  const own = Math.max(one.probability - (one.cause === 'unknown' ? MODEL_DOUBT : 0), Number.MIN_VALUE)
  return (
    Math.log(own) / STEEPNESS -
    EVIDENCE_KINDS.reduce((sum, kind) => sum + EVIDENCE_WEIGHTS[kind] * saidBy(one, kind), 0)
  )
}

/** Penalised conditional logistic regression by gradient ascent (Adam); weights stay within 0 and `WEIGHT_MAX`. */
function fitWeights(incidents: readonly Labelled[]): { readonly weights: Weights; readonly bases: readonly number[] } {
  const start = [...EVIDENCE_KINDS.map((kind) => REASONED_WEIGHTS[kind]), ...BASES.map(() => 0)]
  const at = [...start]
  const mean = at.map(() => 0)
  const square = at.map(() => 0)
  for (let step = 1; step <= STEPS; step++) {
    const slope = slopeAt(incidents, at)
    for (const [i, value] of at.entries()) {
      const isWeight = i < EVIDENCE_KINDS.length
      const pull = isWeight ? Number(values.strength) * (value - (start[i] ?? 0)) : 0.1 * value
      const down = (slope[i] ?? 0) - pull
      mean[i] = 0.9 * (mean[i] ?? 0) + 0.1 * down
      square[i] = 0.999 * (square[i] ?? 0) + 0.001 * down * down
      const moved = value + (RATE * (mean[i] / (1 - 0.9 ** step))) / (Math.sqrt(square[i] / (1 - 0.999 ** step)) + 1e-8)
      at[i] = isWeight ? Math.min(Math.max(moved, 0), WEIGHT_MAX) : moved
    }
  }
  const weights = Object.fromEntries(EVIDENCE_KINDS.map((kind, k) => [kind, at[k] ?? 0])) as Record<
    EvidenceKind,
    number
  >
  return { weights, bases: at.slice(EVIDENCE_KINDS.length) }
}

/** Gradient of the log-likelihood: what the true hypothesis has of each feature over what is expected of all. */
function slopeAt(incidents: readonly Labelled[], at: readonly number[]): number[] {
  const slope = at.map(() => 0)
  for (const { hypotheses, truth } of incidents) {
    const features = hypotheses.map(featuresOf)
    const scores = hypotheses.map(
      ({ startsFrom }, h) =>
        STEEPNESS * (startsFrom + (features[h] ?? []).reduce((sum, x, i) => sum + x * (at[i] ?? 0), 0)),
    )
    const highest = Math.max(...scores)
    const masses = scores.map((score) => Math.exp(score - highest))
    const whole = masses.reduce((sum, mass) => sum + mass, 0)
    for (const [h, own] of features.entries()) {
      const surprise = (h === truth ? 1 : 0) - (masses[h] ?? 0) / whole
      for (const [i, x] of own.entries()) slope[i] = (slope[i] ?? 0) + STEEPNESS * surprise * x
    }
  }
  return slope
}

function featuresOf({ said, cause }: Labelled['hypotheses'][number]): number[] {
  return [...said, ...BASES.map((base) => (base === cause ? 1 : 0))]
}

/** The same judgment under other weights. */
function reweigh(judgment: Judgment, weights: Weights): Judgment {
  const reweighed = (finding: Finding): Finding => {
    const hypotheses = finding.hypotheses ?? []
    const scores = hypotheses.map(
      (one) =>
        STEEPNESS * (priorOf(one) + EVIDENCE_KINDS.reduce((sum, kind) => sum + weights[kind] * saidBy(one, kind), 0)),
    )
    const highest = Math.max(...scores)
    const whole = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0)
    const weighed = hypotheses.map((one, h) => {
      const share = ((1 - MODEL_DOUBT) * Math.exp((scores[h] ?? 0) - highest)) / whole
      return { ...one, probability: share + (one.cause === 'unknown' ? MODEL_DOUBT : 0) }
    })
    const suspects = weighed.flatMap(({ changeId, probability }) =>
      changeId === null ? [] : [{ changeId, probability }],
    )
    return { ...finding, hypotheses: weighed, suspects }
  }
  return {
    ...judgment,
    faults: judgment.faults.map((fault) => ({ ...fault, findings: fault.findings.map(reweighed) })),
    falseAlarms: judgment.falseAlarms.map(reweighed),
  }
}

/** Mean negative log of the probability that was given to what was true. */
function loss(worlds: readonly Judgment[]): number {
  const losses = worlds.flatMap(({ faults, falseAlarms }) => [
    ...faults.flatMap(({ fault, findings }) =>
      findings.map((finding) => lossOf(finding, label(finding, fault.culpritChangeId, fault.cause).truth)),
    ),
    ...falseAlarms.map((finding) => lossOf(finding, label(finding, null, 'unknown').truth)),
  ])
  return losses.reduce((sum, one) => sum + one, 0) / losses.length
}

function lossOf({ hypotheses = [] }: Finding, truth: number): number {
  return -Math.log(Math.max(hypotheses[truth]?.probability ?? 0, 1e-9))
}
