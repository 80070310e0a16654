import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { visibleText } from '../../shared/faces/visible-text.ts'
import { InputError, OperationError } from '../../shared/runtime/errors.ts'
import type { CommandContext } from './command-context.ts'
import { ExitError } from './exit-error.ts'

const DONE = 0
const FAILED = 1
const USAGE = 2

/** Runs one command line and returns its exit code: 0 done, 1 failed, 2 wrong usage. Every error is one line on standard error. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const help: string[] = []
  const program = await createProgram(context, (text) => help.push(text), args)
  try {
    // Who types the name alone asks what it can do.
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    return DONE
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await context.terminal.write(help.join(''))
      return DONE
    }
    if (error instanceof ExitError) return error.exitCode
    const { line, exitCode } = explain(error, args)
    context.terminal.writeError(`culprit: ${visibleText(line)}\n`)
    if (context.environment['CULPRIT_DEBUG'] === '1') context.terminal.writeError(`${stackOf(error)}\n`)
    return exitCode
  }
}

const START_HERE = `
Start here:
  culprit demo
  culprit replay access.log.gz --changes deploys.ndjson`

type AddCommand = (program: Command, context: CommandContext) => void

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  replay: async () => (await import('./commands/replay.ts')).addReplayCommand,
  parse: async () => (await import('./commands/parse.ts')).addParseCommand,
  start: async () => (await import('./commands/start.ts')).addStartCommand,
  demo: async () => (await import('./commands/demo.ts')).addDemoCommand,
  backtest: async () => (await import('./commands/backtest.ts')).addBacktestCommand,
  change: async () => (await import('./commands/change.ts')).addChangeCommand,
  gate: async () => (await import('./commands/gate.ts')).addGateCommand,
  incidents: async () => (await import('./commands/incidents.ts')).addIncidentsCommand,
  silence: async () => (await import('./commands/silence.ts')).addSilenceCommand,
  notify: async () => (await import('./commands/notify.ts')).addNotifyCommand,
  changes: async () => (await import('./commands/changes.ts')).addChangesCommand,
  export: async () => (await import('./commands/export.ts')).addExportCommand,
  backup: async () => (await import('./commands/backup.ts')).addBackupCommand,
  restore: async () => (await import('./commands/restore.ts')).addRestoreCommand,
  migrate: async () => (await import('./commands/migrate.ts')).addMigrateCommand,
  config: async () => (await import('./commands/config-check.ts')).addConfigCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
}

/**
 * The command line: what can be typed, and what runs then. Of `args` that name a command only that one is loaded: all of them
 * take longer to load than many a log takes to read.
 */
export async function createProgram(
  context: CommandContext,
  writeHelp: (text: string) => void,
  args: readonly string[] = [],
): Promise<Command> {
  const program = new Command('culprit')
    .description(
      'Says which change broke it: server errors in access logs, traced to the deploy, config or flag behind them.',
    )
    .version(readVersion())
    // So that a command may have a --version of its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => {} })
    .configureHelp({ helpWidth: Math.min(context.terminal.columns, 80) })
    .helpCommand(false)
    .addHelpText('after', START_HERE)
  const [asked = ''] = args
  const loads = Object.entries(COMMANDS).filter(([name]) => name === asked || !Object.hasOwn(COMMANDS, asked))
  for (const [, load] of loads) (await load())(program, context)
  return program
}

function readVersion(): string {
  // Beside this file's folder in the source, one folder higher once built.
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
      if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version)
    } catch {
      // Not there: the other one is.
    }
  }
  return 'unknown'
}

function explain(error: unknown, args: readonly string[]): { line: string; exitCode: number } {
  if (error instanceof CommanderError) return { line: usageLine(error, args), exitCode: USAGE }
  if (error instanceof InputError) return { line: error.message, exitCode: error.kind === 'usage' ? USAGE : FAILED }
  if (error instanceof OperationError) return { line: error.message, exitCode: FAILED }
  const message = error instanceof Error ? error.message : String(error)
  return {
    line: `this is a bug: ${message}: run it again with CULPRIT_DEBUG=1 and report what it prints`,
    exitCode: FAILED,
  }
}

/** Commander's words, on one line, with where to look. */
function usageLine(error: CommanderError, args: readonly string[]): string {
  const [command] = args
  const known = command !== undefined && Object.hasOwn(COMMANDS, command) ? ` ${command}` : ''
  const seeHelp = `see culprit${known} --help`
  if (error.code === 'commander.help') return `no command given: ${seeHelp}`
  const [what = '', meant] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = meant?.match(/Did you mean (.+?)\?/)?.[1]
  return `${what}: ${suggestion === undefined ? seeHelp : `did you mean ${suggestion}?`}`
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
