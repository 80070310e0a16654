import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { visibleText } from '../../shared/faces/visible-text.ts'
import { InputError, OperationError } from '../../shared/runtime/errors.ts'
import type { CommandContext } from './command-context.ts'
import { addBacktestCommand } from './commands/backtest.ts'
import { addChangeCommand } from './commands/change.ts'
import { addChangesCommand } from './commands/changes.ts'
import { addConfigCommand } from './commands/config-check.ts'
import { addDemoCommand } from './commands/demo.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addGateCommand } from './commands/gate.ts'
import { addIncidentsCommand } from './commands/incidents.ts'
import { addMigrateCommand } from './commands/migrate.ts'
import { addNotifyCommand } from './commands/notify.ts'
import { addParseCommand } from './commands/parse.ts'
import { addReplayCommand } from './commands/replay.ts'
import { addSilenceCommand } from './commands/silence.ts'
import { addStartCommand } from './commands/start.ts'
import { ExitError } from './exit-error.ts'

const DONE = 0
const FAILED = 1
const USAGE = 2

/** Runs one command line and returns its exit code: 0 done, 1 failed, 2 wrong usage. Every error is one line on standard error. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const help: string[] = []
  const program = createProgram(context, (text) => help.push(text))
  try {
    await program.parseAsync(args, { from: 'user' })
    return DONE
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await context.terminal.write(help.join(''))
      return DONE
    }
    if (error instanceof ExitError) return error.exitCode
    const { line, exitCode } = explain(error, { args, commands: program.commands.map((command) => command.name()) })
    context.terminal.writeError(`culprit: ${visibleText(line)}\n`)
    if (context.environment['CULPRIT_DEBUG'] === '1') context.terminal.writeError(`${stackOf(error)}\n`)
    return exitCode
  }
}

/** The whole command line: what can be typed, and what runs then. */
export function createProgram(context: CommandContext, writeHelp: (text: string) => void): Command {
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
    .addHelpText('after', '\nStart here:\n  culprit replay access.log.gz --changes deploys.ndjson')
  addReplayCommand(program, context)
  addParseCommand(program, context)
  addStartCommand(program, context)
  addDemoCommand(program, context)
  addBacktestCommand(program, context)
  addChangeCommand(program, context)
  addGateCommand(program, context)
  addIncidentsCommand(program, context)
  addSilenceCommand(program, context)
  addNotifyCommand(program, context)
  addChangesCommand(program, context)
  addMigrateCommand(program, context)
  addConfigCommand(program, context)
  addDoctorCommand(program, context)
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

function explain(error: unknown, asked: Asked): { line: string; exitCode: number } {
  if (error instanceof CommanderError) return { line: usageLine(error, asked), exitCode: USAGE }
  if (error instanceof InputError) return { line: error.message, exitCode: error.kind === 'usage' ? USAGE : FAILED }
  if (error instanceof OperationError) return { line: error.message, exitCode: FAILED }
  const message = error instanceof Error ? error.message : String(error)
  return {
    line: `this is a bug: ${message}: run it again with CULPRIT_DEBUG=1 and report what it prints`,
    exitCode: FAILED,
  }
}

/** What was typed, and what could have been. */
interface Asked {
  readonly args: readonly string[]
  readonly commands: readonly string[]
}

/** Commander's words, on one line, with where to look. */
function usageLine(error: CommanderError, { args, commands }: Asked): string {
  const [command] = args
  const known = command !== undefined && commands.includes(command) ? ` ${command}` : ''
  const seeHelp = `see culprit${known} --help`
  if (error.code === 'commander.help') return `no command given: ${seeHelp}`
  const [what = '', meant] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = meant?.match(/Did you mean (.+?)\?/)?.[1]
  return `${what}: ${suggestion === undefined ? seeHelp : `did you mean ${suggestion}?`}`
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
