import { EVIDENCE_WEIGHTS, MODEL_DOUBT, STEEPNESS } from '../../services/correlator/core/weights.ts'
import { EVIDENCE_KINDS, type EvidenceKind } from '../../shared/domain/incident.ts'
import type { Tried } from './detection-report.ts'
import type { Finding, Hypothesis, Judgment } from './judge.ts'

/**
 * What blame would be without one kind of evidence at a time, worked out from what each incident tells of its evidence: the
 * posterior is prior times evidence, so a factor can be taken out again. What was cleared stays cleared.
 */
export function ablateEvidence(tried: Tried): Tried[] {
  const variants = EVIDENCE_KINDS.map((kind) => ({
    name: `no ${kind}`,
    judgments: tried.judgments.map((judgment) => mapFindings(judgment, (finding) => withoutEvidence(finding, kind))),
  }))
  return [{ ...tried, name: 'as it is' }, ...variants]
}

function mapFindings(judgment: Judgment, change: (finding: Finding) => Finding): Judgment {
  return {
    ...judgment,
    faults: judgment.faults.map((fault) => ({ ...fault, findings: fault.findings.map(change) })),
    falseAlarms: judgment.falseAlarms.map(change),
  }
}

/** The finding as it were if nobody had looked at that kind of evidence. */
export function withoutEvidence(finding: Finding, kind: EvidenceKind): Finding {
  const hypotheses = finding.hypotheses ?? []
  const masses = hypotheses.map((hypothesis) => massWithout(hypothesis, kind))
  const whole = masses.reduce((sum, mass) => sum + mass, 0)
  const suspects = hypotheses.flatMap(({ changeId }, i) =>
    changeId === null ? [] : [{ changeId, probability: ((1 - MODEL_DOUBT) * (masses[i] ?? 0)) / whole }],
  )
  return { ...finding, suspects }
}

function massWithout({ cause, probability, evidence }: Hypothesis, kind: EvidenceKind): number {
  const own = Math.max(probability - (cause === 'unknown' ? MODEL_DOUBT : 0), Number.MIN_VALUE)
  const said = evidence.reduce((sum, one) => sum + (one.kind === kind ? one.logOdds : 0), 0)
  return own * Math.exp(-STEEPNESS * EVIDENCE_WEIGHTS[kind] * said)
}
