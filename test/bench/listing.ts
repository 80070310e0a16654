import type { Finding, JudgedFault, Judgment } from './judge.ts'
import { blamesAnother, delayOf, namesCulprit, onsetErrorOf } from './score.ts'

/** Every fault on a line of its own with what was said of it, then every false alarm. */
export function renderListing(judgments: readonly Judgment[]): string {
  return judgments
    .flatMap(({ seed, faults, falseAlarms }) => [
      ...faults.flatMap((fault) => faultLines(seed, fault)),
      ...falseAlarms.map((finding) => `${seed}  FALSE ALARM  ${describe(finding)}`),
    ])
    .join('\n')
}

function faultLines(seed: number, judged: JudgedFault): string[] {
  const { fault, findings, detectable, floorMs } = judged
  const where = [fault.routes?.join(' '), fault.region].filter((part) => part !== undefined && part !== null).join(' ')
  const head = [
    seed,
    `${fault.kind} on ${fault.service}${where === '' ? '' : ` (${where})`}`,
    `${new Date(fault.startMs).toISOString()} for ${Math.round((fault.endMs - fault.startMs) / 60_000)} min`,
    `+${(100 * fault.added).toFixed(1)} %${fault.rampMs > 0 ? ` over ${Math.round(fault.rampMs / 1_000)} s` : ''}`,
    `${fault.extraErrors} extra, ${judged.totalEvidence.toFixed(0)} nats, floor ${seconds(floorMs)}`,
    `culprit ${fault.culpritChangeId ?? `none (${fault.cause})`}`,
  ].join('  ')
  const verdict = `    ${verdictOf(judged)}${detectable ? '' : '  (too small to count)'}`
  const extra = findings.slice(1).map((finding) => `    also  ${describe(finding)}`)
  return [head, verdict, ...findings.slice(0, 1).map((finding) => `    ${describe(finding)}`), ...extra]
}

function verdictOf(judged: JudgedFault): string {
  if (judged.findings.length === 0) return 'MISSED'
  return [
    `found after ${seconds(delayOf(judged))}`,
    `onset off by ${seconds(onsetErrorOf(judged))}`,
    `${judged.findings.length} incidents`,
    blameVerdict(judged),
  ].join(', ')
}

function blameVerdict(judged: JudgedFault): string {
  if (blamesAnother(judged)) return 'WRONG CHANGE BLAMED'
  if (judged.fault.culpritChangeId === null) return 'rightly blames no change'
  return namesCulprit(judged) ? 'right suspect' : 'NO SUSPECT NAMED'
}

function describe({ service, affected, startedMs, detectedMs, suspects, note }: Finding): string {
  const times = `${new Date(startedMs).toISOString()}, seen ${new Date(detectedMs).toISOString()}`
  const named = suspects.slice(0, 3).map(({ changeId, probability }) => `${changeId} ${probability.toFixed(2)}`)
  const others = affected.filter((other) => other !== service)
  return [`${service} ${times}`, others.length > 0 && `with ${others.join(' ')}`, named.join(', '), note]
    .filter(Boolean)
    .join('; ')
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms / 1_000)} s` : '–'
}
