import type { Command } from 'commander'
import { z } from 'zod'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import { readIncident } from '../../../shared/domain/read-incident.ts'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { createPage, renderIncidentBlock } from '../render/incident-block.ts'
import { renderIncidentRow } from '../render/incident-row.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface IncidentsFlags extends ServerFlags {
  readonly json?: boolean
  readonly acknowledge?: boolean
  readonly resolve?: boolean
  readonly right?: boolean
  readonly wrong?: boolean
  readonly culprit?: string
  readonly author?: string
  readonly note?: string
}

const EXAMPLES = `
Examples:
  culprit incidents
  culprit incidents inc_1f3b --acknowledge --author ana --note 'rolling back'
  culprit incidents inc_1f3b --culprit deploy-41`

export function addIncidentsCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('incidents'))
    .description('Lists the incidents of a running server, newest first, shows one, or says something about it.')
    .argument('[ID]', 'the incident to show')
    .option('--acknowledge', 'somebody looks after it')
    .option('--resolve', 'it is over')
    .option('--right', 'the first suspect did it')
    .option('--wrong', 'the first suspect did not do it')
    .option('--culprit <CHANGE>', 'the id of the change that did it, where it was another')
    .option('--author <A>', 'who says so')
    .option('--note <N>', 'a word about it')
    .option('--json', "the server's answer")
    .addHelpText('after', EXAMPLES)
    .action((id: string | undefined, flags: IncidentsFlags) => {
      const command = readCommand(flags)
      if (id === undefined) {
        if (command === undefined) return list(flags, context)
        throw new InputError(`name the incident to ${command.path}`, 'usage')
      }
      return command === undefined ? show(id, flags, context) : say(id, command, { flags, context })
    })
}

interface IncidentCommandLine {
  readonly path: 'acknowledge' | 'resolve' | 'feedback'
  readonly body: Readonly<Record<string, unknown>>
}

/** @throws InputError (usage) where two things are said at once. */
function readCommand({ author, note, ...flags }: IncidentsFlags): IncidentCommandLine | undefined {
  const by = { author, note }
  const asked: IncidentCommandLine[] = [
    ...(flags.acknowledge === true ? [{ path: 'acknowledge' as const, body: by }] : []),
    ...(flags.resolve === true ? [{ path: 'resolve' as const, body: by }] : []),
    ...(flags.right === true ? [{ path: 'feedback' as const, body: { ...by, verdict: 'right' } }] : []),
    ...(flags.wrong === true ? [{ path: 'feedback' as const, body: { ...by, verdict: 'wrong' } }] : []),
    ...(flags.culprit === undefined ? [] : [{ path: 'feedback' as const, body: { ...by, change_id: flags.culprit } }]),
  ]
  if (asked.length > 1) throw new InputError('say one thing at a time', 'usage')
  if (asked.length === 0 && (author !== undefined || note !== undefined))
    throw new InputError('--author and --note go with --acknowledge, --resolve, --right, --wrong or --culprit', 'usage')
  return asked[0]
}

async function say(
  id: string,
  { path, body }: IncidentCommandLine,
  { flags, context }: { readonly flags: IncidentsFlags; readonly context: CommandContext },
): Promise<void> {
  const answer = await connect(flags, context).post(
    `/api/v1/incidents/${encodeURIComponent(id)}/${path}`,
    JSON.stringify(body),
  )
  const text = flags.json === true ? JSON.stringify(answer) : SAID[path]
  await context.terminal.write(`${text}\n`)
}

const SAID = {
  acknowledge: 'The incident is acknowledged.',
  resolve: 'The incident is resolved.',
  feedback: 'Thank you: the suspects are weighed again.',
} as const

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
