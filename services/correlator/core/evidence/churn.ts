import type { Candidate } from '../candidates.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { total } from '../total.ts'
import { sayPercent } from '../wording.ts'

const SLACK_MS = 2 * 60_000
const ERRORS_MIN = 5
const SHARE_MIN = 0.8

/**
 * 502 and 503 while instances are replaced, over when the rollout is: that is how it is deployed (readiness, connection
 * draining), not what was deployed.
 */
export function weighChurn(incident: IncidentCase, candidate: Candidate): Finding | undefined {
  const { startMs, endMs, change } = candidate
  const { resolvedAtMs, onsetAtMs, data, root } = incident
  if (change.kind !== 'deploy' || change.finishedAtMs === undefined || resolvedAtMs === null) return undefined
  const within = onsetAtMs >= startMs - SLACK_MS / 2 && onsetAtMs < endMs
  if (!within || Math.abs(resolvedAtMs - endMs) > SLACK_MS) return undefined
  const during = data.statuses.filter(({ service, status }) => service === root && status >= 500 && status <= 599)
  const errors = total(during, 'requests')
  const replaced = total(
    during.filter(({ status }) => status === 502 || status === 503),
    'requests',
  )
  if (errors < ERRORS_MIN || replaced < SHARE_MIN * errors) return undefined
  const text = `${sayPercent(replaced / errors)} of the errors are 502 or 503, and they ended with the rollout`
  return { evidence: toEvidence('churn', 1.5, { text, data: { errors, churn_errors: replaced } }) }
}
