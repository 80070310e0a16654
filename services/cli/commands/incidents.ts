import type { Command } from 'commander'
import { z } from 'zod'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import { readIncident } from '../../../shared/domain/read-incident.ts'
import type { CommandContext } from '../command-context.ts'
import { createPage, renderIncidentBlock } from '../render/incident-block.ts'
import { renderIncidentRow } from '../render/incident-row.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface IncidentsFlags extends ServerFlags {
  readonly json?: boolean
}

export function addIncidentsCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('incidents'))
    .description('Lists the incidents of a running server, newest first, or shows one.')
    .argument('[ID]', 'the incident to show')
    .option('--json', "the server's answer")
    .action((id: string | undefined, flags: IncidentsFlags) =>
      id === undefined ? list(flags, context) : show(id, flags, context),
    )
}

const listSchema = z.object({ items: z.array(incidentDocumentSchema) })
const changesSchema = z.object({ items: z.array(changeReportSchema) })

async function list(flags: IncidentsFlags, context: CommandContext): Promise<void> {
  const { terminal } = context
  const answer = await connect(flags, context).get('/api/v1/incidents')
  if (flags.json === true) return terminal.write(`${JSON.stringify(answer, null, 2)}\n`)
  const { items } = listSchema.parse(answer)
  const page = createPage(terminal)
  const rows = items.flatMap((item) => renderIncidentRow(readIncident(item), page))
  await terminal.write(rows.length === 0 ? 'No incident. All is as it normally is.\n' : `${rows.join('\n')}\n`)
}

async function show(id: string, flags: IncidentsFlags, context: CommandContext): Promise<void> {
  const { terminal } = context
  const server = connect(flags, context)
  const answer = await server.get(`/api/v1/incidents/${encodeURIComponent(id)}`)
  if (flags.json === true) return terminal.write(`${JSON.stringify(answer, null, 2)}\n`)
  const incident = readIncident(incidentDocumentSchema.parse(answer))
  const changes = mergeReports(changesSchema.parse(await server.get('/api/v1/changes')).items, {})
  const lines = renderIncidentBlock({ incident, changes, isLive: true }, createPage(terminal))
  await terminal.write(`${lines.join('\n')}\n`)
}
