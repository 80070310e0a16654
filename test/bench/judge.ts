import { CELL_MS } from '../../shared/domain/cell.ts'
import { isRollout } from '../worlds/planned-change.ts'
import type { TrueFault } from '../worlds/truth.ts'
import type { World } from '../worlds/world.ts'

/** What a detector, ours or a rule, said about a world. Times are epoch milliseconds. */
export interface Finding {
  readonly service: string
  readonly affected: readonly string[]
  readonly startedMs: number
  readonly detectedMs: number
  readonly suspects: readonly { readonly changeId: string; readonly probability: number }[]
  /** All that was weighed, the suspects among it, where that was told. */
  readonly hypotheses?: readonly Hypothesis[]
  /** For people: what else it said. */
  readonly note: string
}

/** One possible cause with its probability and the evidence that made it, in nats before its weight. */
export interface Hypothesis {
  readonly cause: string
  /** Of a change. */
  readonly changeId: string | null
  readonly probability: number
  readonly evidence: readonly { readonly kind: string; readonly logOdds: number }[]
}

export interface JudgedFault {
  readonly fault: TrueFault
  /** Enough of it to be asked for: see `isDetectable`. */
  readonly detectable: boolean
  /** Milliseconds from the true start until the expected evidence reaches 20 nats; infinite when it never does. */
  readonly floorMs: number
  readonly totalEvidence: number
  /** In the order they were detected; empty when it was missed. */
  readonly findings: readonly Finding[]
}

export interface Judgment {
  readonly seed: number
  readonly serviceDays: number
  /** Rollouts in it, good and bad. */
  readonly deploys: number
  readonly faults: readonly JudgedFault[]
  readonly falseAlarms: readonly Finding[]
}

const EARLY_MS = 60_000
const LATE_MS = 300_000
const FLOOR_NATS = 20
const DETECTABLE_NATS = 40
const DETECTABLE_ERRORS = 20

/** What is known of a world without a look at what was found. */
export interface WorldFacts {
  readonly seed: number
  readonly serviceDays: number
  readonly deploys: number
  readonly faults: readonly TrueFault[]
}

/** The facts of a world whose faults are described. */
export function factsOf(world: World, faults: readonly TrueFault[]): WorldFacts {
  return {
    seed: world.seed,
    serviceDays: (world.services.length * world.flavour.hours) / 24,
    deploys: world.changes.filter(isRollout).length,
    faults,
  }
}

/** Sets what was found in one world against what truly happened there. */
export function judgeWorld(world: WorldFacts, findings: readonly Finding[]): Judgment {
  const inOrder = findings.toSorted((a, b) => a.detectedMs - b.detectedMs)
  return {
    seed: world.seed,
    serviceDays: world.serviceDays,
    deploys: world.deploys,
    faults: world.faults.map((fault) =>
      judgeFault(
        fault,
        inOrder.filter((finding) => matches(finding, fault)),
      ),
    ),
    falseAlarms: inOrder.filter((finding) => !world.faults.some((fault) => matches(finding, fault))),
  }
}

/**
 * It rang while the fault lasted (a minute before to five after), on the service that broke, on a caller that shows it, or
 * naming the broken one among the affected. An alert that had been up before the fault began did not find it.
 */
export function matches(finding: Finding, fault: TrueFault): boolean {
  if (finding.detectedMs < fault.startMs - EARLY_MS || finding.detectedMs > fault.endMs + LATE_MS) return false
  const hurt = [fault.service, ...fault.callers]
  return hurt.includes(finding.service) || finding.affected.includes(fault.service)
}

function judgeFault(fault: TrueFault, findings: readonly Finding[]): JudgedFault {
  const totalEvidence = fault.evidencePerCell.reduce((sum, nats) => sum + nats, 0)
  return { fault, findings, totalEvidence, floorMs: floorOf(fault), detectable: isDetectable(fault, totalEvidence) }
}

function isDetectable(fault: TrueFault, totalEvidence: number): boolean {
  return fault.extraErrors >= DETECTABLE_ERRORS && totalEvidence >= DETECTABLE_NATS
}

function floorOf({ startMs, evidencePerCell }: TrueFault): number {
  let nats = 0
  const cell = evidencePerCell.findIndex((more) => {
    nats += more
    return nats >= FLOOR_NATS
  })
  if (cell === -1) return Number.POSITIVE_INFINITY
  return (Math.floor(startMs / CELL_MS) + cell + 1) * CELL_MS - startMs
}
