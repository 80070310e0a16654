import type { ChangeRecord } from '../worlds/change-records.ts'
import type { ServiceCounts } from '../worlds/draw-world.ts'
import type { Finding } from './judge.ts'
import type { UsualRule } from './usual-rules/alert.ts'
import { burnRate } from './usual-rules/burn-rate.ts'
import { ewma } from './usual-rules/ewma.ts'
import { latestChange } from './usual-rules/latest-change.ts'
import { medianMad } from './usual-rules/median-mad.ts'
import { seasonalZScore } from './usual-rules/seasonal-z-score.ts'
import { staticThreshold } from './usual-rules/static-threshold.ts'
import { threeSigma } from './usual-rules/three-sigma.ts'

export const USUAL_RULES: readonly UsualRule[] = [
  staticThreshold(0.05),
  staticThreshold(0.01),
  burnRate(0.999),
  threeSigma(),
  medianMad(),
  ewma(),
  seasonalZScore(),
]

/** What a usual rule alone finds in a world, and the change that the usual blame would name. */
export function runRule(
  rule: UsualRule,
  { counts, changes }: { readonly counts: readonly ServiceCounts[]; readonly changes: readonly ChangeRecord[] },
): Finding[] {
  return counts.flatMap(rule.findAlerts).map((alert) => {
    const blamed = latestChange(alert, changes)
    return {
      service: alert.service,
      affected: [],
      startedMs: alert.startMs,
      detectedMs: alert.detectedMs,
      suspects: blamed === null ? [] : [{ changeId: blamed, probability: 1 }],
      note: '',
    }
  })
}
