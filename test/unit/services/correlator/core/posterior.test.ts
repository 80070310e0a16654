import fc from 'fast-check'
import { expect, test } from 'vitest'
import { weighHypotheses } from '../../../../../services/correlator/core/posterior.ts'
import { CHANGE_KINDS } from '../../../../../shared/domain/change.ts'
import { EVIDENCE_KINDS } from '../../../../../shared/domain/incident.ts'
import { changeAt } from '../drawn-log.ts'
import { candidate, finding } from '../plain-case.ts'

const NONE = { upstream: [], load: [], client: [], unknown: [] }
const LOOKBACK_MS = 7_200_000

function changeOf(kind: (typeof CHANGE_KINDS)[number], id = 'a') {
  return candidate(changeAt(0, { kind, id }))
}

const findings = fc.array(
  fc.record({ kind: fc.constantFrom(...EVIDENCE_KINDS), logOdds: fc.double({ min: -1000, max: 1000, noNaN: true }) }),
  { maxLength: 12 },
)

test('whatever the evidence, probabilities are shares of 1', () => {
  const hypotheses = fc.record({
    candidates: fc.array(fc.tuple(fc.constantFrom(...CHANGE_KINDS), findings), { maxLength: 10 }),
    causes: fc.tuple(findings, findings, findings, findings),
  })
  fc.assert(
    fc.property(hypotheses, ({ candidates, causes }) => {
      const [upstream, load, client, unknown] = causes.map((list) => list.map((one) => finding(one.kind, one.logOdds)))
      const posterior = weighHypotheses(
        {
          candidates: candidates.map(([kind, list]) => ({
            candidate: changeOf(kind),
            findings: list.map((one) => finding(one.kind, one.logOdds)),
          })),
          causes: { upstream: upstream ?? [], load: load ?? [], client: client ?? [], unknown: unknown ?? [] },
        },
        LOOKBACK_MS,
      )
      const all = [...posterior.candidates, ...posterior.causes].map(({ probability }) => probability)
      expect(all.every((probability) => probability >= 0 && probability <= 1)).toBe(true)
      expect(all.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 9)
    }),
  )
})

test('without any evidence one change is not blamed before "we do not know" has its share', () => {
  const { causes } = weighHypotheses(
    { candidates: [{ candidate: changeOf('deploy'), findings: [finding('lag', -3)] }], causes: NONE },
    LOOKBACK_MS,
  )
  expect(causes.reduce((sum, { probability }) => sum + probability, 0)).toBeGreaterThan(0.5)
})

test('certainty is never complete: something is always left for what nobody thought of', () => {
  const { causes } = weighHypotheses(
    { candidates: [{ candidate: changeOf('deploy'), findings: [finding('version_split', 1000)] }], causes: NONE },
    LOOKBACK_MS,
  )
  expect(causes.find(({ cause }) => cause === 'unknown')?.probability).toBeCloseTo(0.005, 6)
})

test('more evidence for one hypothesis takes from all the others', () => {
  const weigh = (logOdds: number) =>
    weighHypotheses(
      {
        candidates: [
          { candidate: changeOf('deploy', 'a'), findings: [finding('lag', logOdds)] },
          { candidate: changeOf('config', 'b'), findings: [] },
        ],
        causes: NONE,
      },
      LOOKBACK_MS,
    )
  const [weak, strong] = [weigh(0), weigh(2)]
  expect(strong.candidates[0]?.probability).toBeGreaterThan(weak.candidates[0]?.probability ?? 1)
  expect(strong.candidates[1]?.probability).toBeLessThan(weak.candidates[1]?.probability ?? 0)
})
