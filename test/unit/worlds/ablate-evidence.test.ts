import { expect, test } from 'vitest'
import { EVIDENCE_WEIGHTS, STEEPNESS } from '../../../services/correlator/core/weights.ts'
import { withoutEvidence } from '../../bench/ablate-evidence.ts'
import type { Finding } from '../../bench/judge.ts'

const DOUBT = 0.005

const massOf = (kind: 'lag' | 'scope', nats: number): number => Math.exp(STEEPNESS * EVIDENCE_WEIGHTS[kind] * nats)

/** Two changes that are alike before any evidence; the lag speaks for one by so many nats, the scope for the other. */
function finding(lag: number, scope: number): Finding {
  const [a, b, rest] = [massOf('lag', lag), massOf('scope', scope), 0.1]
  const share = (mass: number): number => ((1 - DOUBT) * mass) / (a + b + rest)
  const hypotheses = [
    { cause: 'change', changeId: 'a', probability: share(a), evidence: [{ kind: 'lag', logOdds: lag }] },
    { cause: 'change', changeId: 'b', probability: share(b), evidence: [{ kind: 'scope', logOdds: scope }] },
    { cause: 'unknown', changeId: null, probability: share(rest) + DOUBT, evidence: [] },
  ]
  return { service: 's', affected: [], startedMs: 0, detectedMs: 0, suspects: [], hypotheses, note: '' }
}

test('without the evidence that speaks for a change it is as likely as before that evidence', () => {
  const [a, b] = withoutEvidence(finding(3, 1), 'lag').suspects
  expect((b?.probability ?? 0) / (a?.probability ?? 1)).toBeCloseTo(massOf('scope', 1), 6)
  expect((a?.probability ?? 0) + (b?.probability ?? 0)).toBeCloseTo(
    ((1 - DOUBT) * (1 + massOf('scope', 1))) / (1 + massOf('scope', 1) + 0.1),
    6,
  )
})

test('evidence that nobody gave changes nothing when left out', () => {
  const given = finding(2, 1)
  const { suspects } = withoutEvidence(given, 'dose')
  for (const [i, { probability }] of suspects.entries())
    expect(probability).toBeCloseTo(given.hypotheses?.[i]?.probability ?? 0, 9)
})
