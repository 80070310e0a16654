import type { Candidate } from '../candidates.ts'
import { type Finding, toEvidence } from '../finding.ts'
import type { IncidentCase } from '../incident-case.ts'
import { onsetSpan } from '../onset.ts'
import { sayName } from '../wording.ts'
import { describeSplit, splitVersions } from './version-split.ts'

const MINUTE_MS = 60_000
const BEFORE_ONSET_MS = 15 * MINUTE_MS
const TELLING = 2

/** A version that nobody declared appeared about the onset and fails while the old one does not: an unreported change. */
export function weighUndeclaredVersion(incident: IncidentCase, candidates: readonly Candidate[]): Finding | undefined {
  const spans = incident.data.versions.filter(({ service, version }) => service === incident.root && version !== '')
  const declared = new Set(candidates.flatMap(({ rollout }) => (rollout === undefined ? [] : [...rollout.exposed])))
  const logBeganMs = Math.min(...spans.map(({ firstAtMs }) => firstAtMs))
  const { latestMs } = onsetSpan(incident.spike)
  const findings = spans.flatMap(({ version, firstAtMs }) => {
    const appeared =
      firstAtMs > logBeganMs && firstAtMs >= incident.onsetAtMs - BEFORE_ONSET_MS && firstAtMs <= latestMs
    if (!appeared || declared.has(version)) return []
    const split = splitVersions(incident, incident.root, new Set([version]))
    if (split === undefined || split.comparison.logBayesFactor < TELLING) return []
    const { text, data } = describeSplit(version, split)
    const said = { text: `no change reported ${sayName(version)}: ${text}`, data }
    return [{ evidence: toEvidence('version_split', split.comparison.logBayesFactor, said) }]
  })
  return findings.toSorted((a, b) => b.evidence.logOdds - a.evidence.logOdds)[0]
}
