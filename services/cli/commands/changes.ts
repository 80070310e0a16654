import type { Command } from 'commander'
import { z } from 'zod'
import type { Change } from '../../../shared/domain/change.ts'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import { changeNameAndAuthor } from '../../../shared/faces/change-words.ts'
import { shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { clock, day } from '../../../shared/faces/words.ts'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { createPage } from '../render/incident-block.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface ChangesFlags extends ServerFlags {
  readonly json?: boolean
  readonly delete?: boolean
  readonly author?: string
  readonly note?: string
}

export function addChangesCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('changes'))
    .description('Lists the changes that a running server knows of, newest first, shows one, or deletes it.')
    .argument('[ID]', 'the change to show')
    .option('--delete', 'it was sent by mistake: nothing is blamed on it any more')
    .option('--author <A>', 'who deletes it')
    .option('--note <N>', 'why')
    .option('--json', "the server's answer")
    .addHelpText('after', '\nExamples:\n  culprit changes\n  culprit changes deploy-41 --delete --author ana')
    .action((id: string | undefined, flags: ChangesFlags) => {
      if (flags.delete !== true) return id === undefined ? list(flags, context) : show(id, flags, context)
      if (id === undefined) throw new InputError('name the change to delete', 'usage')
      return remove(id, flags, context)
    })
}

const listSchema = z.object({ items: z.array(changeReportSchema) })

async function list(flags: ChangesFlags, context: CommandContext): Promise<void> {
  const { terminal } = context
  const answer = await connect(flags, context).get('/api/v1/changes')
  if (flags.json === true) return terminal.write(`${JSON.stringify(answer, null, 2)}\n`)
  const { columns, paint } = createPage(terminal)
  const rows = readChanges(answer).map((change) => {
    const when = `${day(change.startedAtMs)} ${clock(change.startedAtMs)}`
    const where = change.service === undefined ? 'the platform' : visibleText(change.service)
    const what = `${where}: ${changeNameAndAuthor(change, change.service ?? '')} (${change.status})`
    const id = `${' '.repeat(when.length + 2)}${visibleText(change.id)}`
    return `${paint('quiet', when)}  ${shorten(what, columns - when.length - 2)}\n${paint('quiet', id)}`
  })
  await terminal.write(rows.length === 0 ? 'No change is known.\n' : `${rows.join('\n')}\n`)
}

const viewSchema = z.looseObject({
  outcome: z.object({ verdict: z.string(), incident_id: z.string().nullable() }),
})

async function show(id: string, flags: ChangesFlags, context: CommandContext): Promise<void> {
  const { terminal } = context
  const answer = await connect(flags, context).get(`/api/v1/changes/${encodeURIComponent(id)}`)
  if (flags.json === true) return terminal.write(`${JSON.stringify(answer, null, 2)}\n`)
  const { outcome, ...fields } = viewSchema.parse(answer)
  const { verdict, incident_id } = outcome
  const shown = { ...fields, verdict: incident_id === null ? words(verdict) : `${words(verdict)} (${incident_id})` }
  const width = Math.max(...Object.keys(shown).map((name) => name.length))
  const { paint } = createPage(terminal)
  const lines = Object.entries(shown).map(([name, value]) => {
    return `${paint('quiet', visibleText(name).padEnd(width))}  ${fieldText(value)}`
  })
  await terminal.write(`${lines.join('\n')}\n`)
}

async function remove(id: string, flags: ChangesFlags, context: CommandContext): Promise<void> {
  const { author, note } = flags
  const path = `/api/v1/changes/${encodeURIComponent(id)}`
  const answer = await connect(flags, context).delete(path, JSON.stringify({ author, note }))
  const text = flags.json === true ? JSON.stringify(answer) : 'The change is deleted: nothing is blamed on it any more.'
  await context.terminal.write(`${text}\n`)
}

function readChanges(answer: unknown): readonly Change[] {
  return mergeReports(listSchema.parse(answer).items, {})
}

/** `too_little_traffic` as people write it. */
function words(verdict: string): string {
  return verdict.replaceAll('_', ' ')
}

function fieldText(value: unknown): string {
  return visibleText(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
