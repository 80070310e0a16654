import type { Command } from 'commander'
import { DEFAULT_ENV } from '../../../shared/domain/access-event.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { count, counted } from '../../../shared/faces/words.ts'
import { formatLabel } from '../../ingest/core/format-spec.ts'
import type { WireEvent } from '../../ingest/core/wire-event.ts'
import { readEvents } from '../../ingest/service.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfig, readPrivacy } from '../config.ts'
import { addInputOptions, type InputFlags, readInputOptions } from '../input-options.ts'
import { renderEventHeader, renderEventRow, renderReject } from '../render/event-table.ts'
import type { Terminal } from '../terminal.ts'

interface ParseFlags extends InputFlags {
  readonly json?: boolean
}

const REJECTS_SHOWN = 10
/** Rows written at a time: large enough to be fast, small enough to be seen at once. */
const ROWS_PER_WRITE = 2_000

export function addParseCommand(program: Command, context: CommandContext): void {
  addInputOptions(program.command('parse'))
    .description('Shows what is understood of a log: its events, and the lines that are none with the reason.')
    .option('--json', 'one canonical event a line, as NDJSON')
    .addHelpText('after', '\nExample:\n  culprit parse access.log | head')
    .action((files: string[], flags: ParseFlags) => parse(files, flags, context))
}

async function parse(
  files: readonly string[],
  flags: ParseFlags,
  { terminal, environment }: CommandContext,
): Promise<void> {
  const input = readInputOptions(flags)
  const privacy = await readPrivacy(await readConfig(undefined, environment))
  const options = { files, env: DEFAULT_ENV, ...input, privacy }
  const total = { lines: 0, events: 0, rejected: 0, rejectsShown: 0 }
  const show = flags.json === true ? JSON.stringify : (event: WireEvent) => renderEventRow(event, terminal.columns)
  const others = new Map<string, number>()
  let found: string | undefined
  for await (const block of readEvents({ stdin: terminal.stdin }, options)) {
    const format = `${visibleText(block.source)}: format ${formatLabel(block.format)}${sayConfidence(block.confidence)}`
    if (format !== found) terminal.writeError(`${format}\n`)
    if (found === undefined && flags.json !== true) await terminal.write(`${renderEventHeader(terminal.columns)}\n`)
    found = format
    total.lines += block.lines
    total.events += block.parsed
    total.rejected += block.rejected
    for (const reject of block.rejects.slice(0, REJECTS_SHOWN - total.rejectsShown)) {
      total.rejectsShown += 1
      terminal.writeError(`${renderReject(reject, terminal.columns)}\n`)
    }
    for (const [format, events] of Object.entries(block.otherFormats)) {
      others.set(format, (others.get(format) ?? 0) + events)
    }
    await writeRows(block.events, show, terminal)
  }
  terminal.writeError(
    `${counted(total.lines, 'line')}, ${counted(total.events, 'event')}, ${count(total.rejected)} rejected${[...others].map(([format, events]) => `, ${count(events)} read as ${format}`).join('')}\n`,
  )
}

/** ` (reads 97 % of its first lines)`; nothing of a format that was named. */
function sayConfidence(confidence: number | null): string {
  return confidence === null ? '' : ` (reads ${Math.floor(confidence * 100)} % of its first lines)`
}

async function writeRows(
  events: Iterable<WireEvent>,
  show: (event: WireEvent) => string,
  terminal: Terminal,
): Promise<void> {
  let rows: string[] = []
  for (const event of events) {
    rows.push(show(event))
    if (rows.length < ROWS_PER_WRITE) continue
    await terminal.write(`${rows.join('\n')}\n`)
    rows = []
  }
  if (rows.length > 0) await terminal.write(`${rows.join('\n')}\n`)
}
