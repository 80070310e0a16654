import { accessSync, constants, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Change } from '../../../shared/domain/change.ts'
import { markRollbacks } from '../../../shared/domain/mark-rollbacks.ts'
import { parseChanges } from '../../../shared/domain/parse-changes.ts'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { type CulpritConfig, correlatorSettings, readConfig } from '../config.ts'
import { addInputOptions, type InputFlags, readInputOptions } from '../input-options.ts'
import { startProgress } from '../progress.ts'
import { readTextFile } from '../read-text-file.ts'
import { renderReject } from '../render/event-table.ts'
import { renderReplay } from '../render/replay-text.ts'
import { renderReport } from '../render/report.ts'
import { toReplayDocument } from '../replay-document.ts'
import type { ReplayFindings, ReplayResult } from '../replay-result.ts'
import { parseTimeArgument } from '../time-argument.ts'

interface ReplayFlags extends InputFlags {
  readonly from?: string
  readonly to?: string
  readonly changes?: string
  readonly config?: string
  readonly json?: boolean
  readonly report?: string
}

const EXAMPLES = `
Examples:
  culprit replay access.log.gz --changes deploys.ndjson
  culprit replay shop.log --from 2026-10-02 --report incident.html
  zcat *.gz | culprit replay - --json | jq '.incidents[].suspects[0]'

A change is one JSON object a line, for example
  {"ts":"2026-10-02T14:02:50Z","kind":"deploy","service":"pay","version":"v42"}`

export function addReplayCommand(program: Command, context: CommandContext): void {
  addInputOptions(program.command('replay'))
    .description('Finds when server errors rose in access logs, and which change did it.')
    .option('--from <T>', 'only requests from this time on: RFC 3339, a date (its midnight, UTC) or epoch')
    .option('--to <T>', 'only requests before this time')
    .option('--changes <F>', 'the deploys, flags and configs of that time, as NDJSON')
    .option('--config <F>', 'the configuration; culprit.yaml in this directory if there is one')
    .option('--json', 'one JSON document with everything that was found')
    .option('--report <F>', 'also write one self-contained HTML page')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], flags: ReplayFlags) => replay(files, flags, context))
}

async function replay(files: readonly string[], flags: ReplayFlags, context: CommandContext): Promise<void> {
  const { terminal, environment, nowMs } = context
  const input = readInputOptions(flags)
  const window = readWindow(flags)
  if (flags.report !== undefined) checkReport(flags.report, [...files, flags.changes ?? '', flags.config ?? ''])
  const config = await readConfig(flags.config, environment)
  const changes = flags.changes === undefined ? null : await readChanges(flags.changes, config)
  // Loaded when needed: the engine takes longer to load than a wrong option takes to be told.
  const { replayLogs } = await import('../replay-pipeline.ts')
  const progress = startProgress(terminal, nowMs)
  const findings = await replayLogs(
    { stdin: terminal.stdin, nowMs, progress },
    { ...input, ...window, files, changes, config, draw: flags.json !== true || flags.report !== undefined },
  ).finally(progress.clear)
  for (const reject of findings.firstRejects) terminal.writeError(`${renderReject(reject, terminal.columns)}\n`)
  await tell(findings, flags, context)
}

async function tell(findings: ReplayFindings, flags: ReplayFlags, { terminal }: CommandContext): Promise<void> {
  const result: ReplayResult = { ...findings, incidents: findings.views }
  if (flags.report !== undefined) await writeFile(flags.report, renderReport(result))
  if (flags.json === true) {
    await terminal.write(`${JSON.stringify(toReplayDocument(findings), null, 2)}\n`)
    return
  }
  const page = { columns: terminal.columns, colour: terminal.colour }
  await terminal.write(renderReplay(result, flags.report === undefined ? page : { ...page, reportFile: flags.report }))
}

function readWindow(flags: ReplayFlags): { fromMs?: number; toMs?: number } {
  const window = {
    ...(flags.from !== undefined && { fromMs: parseTimeArgument('--from', flags.from) }),
    ...(flags.to !== undefined && { toMs: parseTimeArgument('--to', flags.to) }),
  }
  if (window.fromMs !== undefined && window.toMs !== undefined && window.fromMs >= window.toMs)
    throw new InputError(`--from ${flags.from} is not before --to ${flags.to}: swap them`, 'usage')
  return window
}

async function readChanges(path: string, config: CulpritConfig): Promise<readonly Change[]> {
  const parsed = parseChanges(await readTextFile(path), path, correlatorSettings(config).envAliases)
  if (parsed.kind === 'ok') return markRollbacks(parsed.changes)
  throw new InputError(parsed.message)
}

/** Before an hour of work, not after it. */
function checkReport(path: string, inputs: readonly string[]): void {
  if (inputs.some((input) => input !== '' && resolve(input) === resolve(path)))
    throw new InputError(`--report ${path}: is one of the files to read: name another`, 'usage')
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`--report ${path}: is a directory: name a file in it`)
  try {
    accessSync(dirname(resolve(path)), constants.W_OK)
  } catch {
    throw new InputError(`--report ${path}: its directory is missing or may not be written to: name another file`)
  }
}
