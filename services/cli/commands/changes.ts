import type { Command } from 'commander'
import { z } from 'zod'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { mergeReports } from '../../../shared/domain/merge-changes.ts'
import { changeNameAndAuthor } from '../../../shared/faces/change-words.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { clock, day } from '../../../shared/faces/words.ts'
import type { CommandContext } from '../command-context.ts'
import { createPage } from '../render/incident-block.ts'
import { shorten } from '../render/text-layout.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface ChangesFlags extends ServerFlags {
  readonly json?: boolean
}

export function addChangesCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('changes'))
    .description('Lists the changes that a running server knows of, newest first.')
    .option('--json', "the server's answer")
    .action((flags: ChangesFlags) => list(flags, context))
}

const listSchema = z.object({ items: z.array(changeReportSchema) })

async function list(flags: ChangesFlags, context: CommandContext): Promise<void> {
  const { terminal } = context
  const answer = await connect(flags, context).get('/api/v1/changes')
  if (flags.json === true) return terminal.write(`${JSON.stringify(answer, null, 2)}\n`)
  const { columns, paint } = createPage(terminal)
  const rows = mergeReports(listSchema.parse(answer).items, {}).map((change) => {
    const when = `${day(change.startedAtMs)} ${clock(change.startedAtMs)}`
    const where = change.service === undefined ? 'the platform' : visibleText(change.service)
    const what = `${where}: ${changeNameAndAuthor(change, change.service ?? '')} (${change.status})`
    return `${paint('quiet', when)}  ${shorten(what, columns - when.length - 2)}`
  })
  await terminal.write(rows.length === 0 ? 'No change is known.\n' : `${rows.join('\n')}\n`)
}
