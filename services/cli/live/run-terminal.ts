import { z } from 'zod'
import type { Message } from '../../../shared/bus/bus.ts'
import { readJsonMessages } from '../../../shared/bus/json-messages.ts'
import type { Change } from '../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import type { Incident } from '../../../shared/domain/incident.ts'
import { type IncidentDocument, incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import { readIncident } from '../../../shared/domain/read-incident.ts'
import type { Store } from '../../../shared/store/store.ts'
import { readIncidentView } from '../read-incident-view.ts'
import { createPage, renderIncidentBlock } from '../render/incident-block.ts'
import type { Terminal } from '../terminal.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

/** Prints an incident when it opens, when another cause becomes the likeliest, and when it is over. */
export async function runTerminal(
  deps: LiveDeps,
  { terminal, blameAt }: { readonly terminal: Terminal; readonly blameAt: number },
): Promise<RunningService> {
  const store = await deps.openStore()
  const said = new Map<string, string>()
  const skip = ({ key }: Message, reason: string) => deps.log.error({ key, reason }, 'a message was left out')

  async function show(document: IncidentDocument): Promise<void> {
    const incident = readIncident(document)
    const [suspect] = incident.suspects
    const isBlamed = suspect !== undefined && suspect.probability >= blameAt
    const news = `${incident.state} ${isBlamed ? suspect.changeId : incident.cause}`
    if (said.get(incident.id) === news) return
    said.set(incident.id, news)
    const view = await readIncidentView(store.query, incident, {
      changes: await readChanges(store, incident),
      blameAt,
      log: { fromMs: 0, toMs: incident.updatedAtMs },
      isLive: true,
    })
    await terminal.write(`\n${renderIncidentBlock(view, createPage(terminal)).join('\n')}\n`)
  }

  await deps.bus.subscribe({
    topic: 'incidents',
    group: 'terminal',
    handle: async (messages) => {
      for (const document of readJsonMessages(messages, incidentDocumentSchema, skip)) await show(document)
    },
  })
  return { routes: [], stop: () => store.close() }
}

const CHANGES_BEFORE_MS = 2 * 3_600_000

/** What was changed before the incident and during it. */
async function readChanges(store: Store, { startedAtMs, updatedAtMs }: Incident): Promise<readonly Change[]> {
  const reports = await store.query(
    z.object({ document: z.string() }).transform(({ document }) => changeReportSchema.parse(JSON.parse(document))),
    `SELECT document FROM changes FINAL
     WHERE ts BETWEEN fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND fromUnixTimestamp64Milli({to:Int64}, 'UTC')
     ORDER BY ts DESC LIMIT 1000`,
    { from: startedAtMs - CHANGES_BEFORE_MS, to: updatedAtMs },
  )
  return mergeReports(reports, {})
}
