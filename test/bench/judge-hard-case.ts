import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MINUTE_MS } from '../worlds/clock.ts'
import { CASE_START_MS, drawCase, type ExpectedFault, type HardCase } from '../worlds/hard-cases/hard-case.ts'
import type { ToldIncident } from './read-replay.ts'
import { runProduct } from './run-product.ts'
import { BLAME_AT } from './score.ts'

/** An alarm may be told this long after the errors ended, minutes. */
const LATE_MINUTES = 5

/** Replays a case with the built product; what was promised and not kept, empty when all was. */
export async function runHardCase(hardCase: HardCase): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), `hard-case-${hardCase.name}-`))
  try {
    const files = { linesFile: join(folder, 'lines.ndjson'), changesFile: join(folder, 'changes.ndjson') }
    writeFileSync(files.linesFile, [...drawCase(hardCase)].join(''))
    writeFileSync(files.changesFile, (hardCase.changes ?? []).map((change) => `${JSON.stringify(change)}\n`).join(''))
    const { incidents } = await runProduct(files)
    return judgeHardCase(hardCase, incidents)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What was promised and not kept, empty when all was. */
export function judgeHardCase({ expected }: HardCase, incidents: readonly ToldIncident[]): string[] {
  switch (expected.kind) {
    case 'silent':
      return incidents.map((incident) => `told of ${describe(incident)}`)
    case 'no-outage':
      return incidents
        .filter(({ severity, cause }) => severity !== 'minor' && cause !== 'client')
        .map((incident) => `told of ${describe(incident)}`)
    case 'faults':
      return judgeFaults(expected.faults, incidents)
  }
}

function judgeFaults(faults: readonly ExpectedFault[], incidents: readonly ToldIncident[]): string[] {
  const strangers = incidents.filter((incident) => !faults.some((fault) => belongs(incident, fault)))
  return [
    ...faults.flatMap((fault) =>
      judgeFault(
        fault,
        incidents.filter((incident) => belongs(incident, fault)),
      ),
    ),
    ...strangers.map((incident) => `also told of ${describe(incident)}`),
  ]
}

function belongs(incident: ToldIncident, { service, fromMinute, toMinute }: ExpectedFault): boolean {
  const minute = minuteOf(incident.detected_at)
  const onIt = service === 'any' || incident.service === service
  return onIt && minute >= fromMinute && minute <= toMinute + LATE_MINUTES
}

function judgeFault(fault: ExpectedFault, told: readonly ToldIncident[]): string[] {
  const [first, ...more] = told
  if (first === undefined) return [`nothing told of ${fault.service} from minute ${fault.fromMinute} on`]
  const seenMinute = minuteOf(first.detected_at)
  const blamed = first.suspects.filter(({ probability }) => probability >= BLAME_AT)
  return [
    ...(seenMinute > fault.seenByMinute
      ? [`seen at minute ${seenMinute.toFixed(1)}, not by ${fault.seenByMinute}`]
      : []),
    ...(fault.culprit === undefined || blamed.some(({ change_id }) => change_id === fault.culprit)
      ? []
      : [`${fault.culprit} not blamed: ${describe(first)}`]),
    ...more.map((incident) => `told again: ${describe(incident)}`),
  ]
}

function describe({ service, severity, cause, ...incident }: ToldIncident): string {
  const [from, seen] = [incident.started_at, incident.detected_at].map((at) => minuteOf(at).toFixed(1))
  const rates = [incident.baseline_rate, incident.observed_rate].map((rate) => `${(100 * rate).toFixed(2)} %`)
  return `${incident.signal} on ${service}, ${severity}, ${cause}, from minute ${from}, seen ${seen}, ${rates.join(' to ')}`
}

function minuteOf(at: string): number {
  return (Date.parse(at) - CASE_START_MS) / MINUTE_MS
}
