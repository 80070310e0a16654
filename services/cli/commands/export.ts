import { type Command, Option } from 'commander'
import { z } from 'zod'
import { parseDuration } from '../../../shared/runtime/duration.ts'
import type { CommandContext } from '../command-context.ts'
import { csvLine } from '../render/csv.ts'
import { CHANGE_COLUMNS, type ExportColumn, INCIDENT_COLUMNS } from '../render/export-columns.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'
import { parseTimeArgument } from '../time-argument.ts'

interface ExportFlags extends ServerFlags {
  readonly csv?: boolean
  readonly since?: string
}

const TABLES = { incidents: INCIDENT_COLUMNS, changes: CHANGE_COLUMNS }
const EXAMPLES = `
Examples:
  culprit export incidents --csv --since 90d > incidents.csv
  culprit export changes > changes.ndjson`

export function addExportCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('export')
    .description('Writes all incidents or changes of a running server to standard output, newest first.')
    .addHelpText('after', EXAMPLES)
  for (const [what, columns] of Object.entries(TABLES)) {
    addServerOption(command.command(what))
      .description(`All ${what}, a JSON document a line.`)
      .addOption(new Option('--json', 'a JSON document a line, which is the default').conflicts('csv'))
      .option('--csv', 'a table for spreadsheets, the most telling columns')
      .option('--since <T>', 'only what was not over before: a time, or how long ago, e.g. 90d')
      .action((flags: ExportFlags) => exportAll({ what, columns }, flags, context))
  }
}

const pageSchema = z.object({ items: z.array(z.record(z.string(), z.unknown())), next_cursor: z.string().nullable() })
const PAGE = 500

async function exportAll(
  { what, columns }: { readonly what: string; readonly columns: readonly ExportColumn[] },
  flags: ExportFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const server = connect(flags, context)
  const asked = new URLSearchParams({ limit: String(PAGE) })
  if (flags.since !== undefined) asked.set('from', String(sinceMs(flags.since, context.nowMs())))
  if (flags.csv === true) await terminal.write(csvLine(columns.map(({ name }) => name)))
  for (;;) {
    const { items, next_cursor } = pageSchema.parse(await server.get(`/api/v1/${what}?${asked}`))
    const lines = items.map((item) =>
      flags.csv === true ? csvLine(columns.map(({ read }) => read(item))) : `${JSON.stringify(item)}\n`,
    )
    await terminal.write(lines.join(''))
    if (next_cursor === null) return
    asked.set('cursor', next_cursor)
  }
}

function sinceMs(text: string, nowMs: number): number {
  const lengthMs = parseDuration(text)
  return lengthMs === undefined ? parseTimeArgument('--since', text) : Math.floor(nowMs - lengthMs)
}
