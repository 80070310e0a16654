import { setTimeout as after } from 'node:timers/promises'
import type { Command } from 'commander'
import { InputError } from '../../../shared/runtime/errors.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import type { PipeOptions } from '../../ingest/io/pipe.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfig } from '../config.ts'
import { addLineOptions, type InputFlags, readInputOptions } from '../input-options.ts'
import { SERVICE_NAMES, type ServiceName, startServices } from '../live/start-services.ts'
import type { Terminal } from '../terminal.ts'
import { untilStopped } from '../until-stopped.ts'

interface StartFlags extends InputFlags {
  readonly config?: string
  readonly only?: readonly ServiceName[]
  readonly insecure?: boolean
  readonly stdin?: boolean
}

export function addStartCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('start')
    .description('Runs the services: takes access logs and changes, and tells of incidents as they happen.')
    .option('--config <F>', 'the configuration, YAML; culprit.yaml in this directory when there is one')
    .option('--only <services>', `only these, separated by commas: ${SERVICE_NAMES.join(', ')}`, readServices)
    .option('--insecure', 'listen beyond this machine though no tokens are set')
    .option('--stdin', 'take access log lines from standard input, besides the sources of the configuration')
  addLineOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((flags: StartFlags) => start(flags, context))
}

const EXAMPLES = `
--format, --service and --service-from are of the lines on standard input.

Examples:
  culprit start
  tail -F access.log | culprit start --stdin --service shop
  culprit start --only ingest,api`

async function start(flags: StartFlags, { terminal, environment, nowMs }: CommandContext): Promise<void> {
  const config = await readConfig(flags.config, environment)
  const log = createLog({ level: config.log_level, write: terminal.writeError })
  const { only = SERVICE_NAMES } = flags
  if (config.bus === 'memory' && !SERVICE_NAMES.every((name) => only.includes(name)))
    throw new InputError('bus: memory connects nothing between processes: run all services, or set bus: kafka', 'usage')
  const pipe = readPipeOptions(flags, only, terminal)
  const services = await startServices({ log, nowMs }, config, { only, isInsecure: flags.insecure === true, pipe })
  const page = only.includes('api') ? [`the dashboard is at ${services.address}/`] : []
  await terminal.write([`culprit listens on ${services.address}`, ...page, ...services.notes, ''].join('\n'))
  const failure = await Promise.race([untilStopped(), services.failure])
  // What failed may not stop in order either.
  await Promise.race([services.stop(), ...(failure === undefined ? [] : [after(STOP_MS_MAX)])])
  if (failure !== undefined) throw failure
}

const STOP_MS_MAX = 5_000

/** @throws InputError (usage) for what can't be meant. */
function readPipeOptions(
  flags: StartFlags,
  only: readonly ServiceName[],
  terminal: Pick<Terminal, 'stdin'>,
): PipeOptions | undefined {
  if (flags.stdin === true) {
    if (!only.includes('ingest')) throw new InputError('--stdin: ingest reads it: add ingest to --only', 'usage')
    return { source: 'stdin', input: terminal.stdin, options: readInputOptions(flags) }
  }
  const isSaid = flags.format !== 'auto' || flags.service !== undefined || flags.serviceFrom !== undefined
  if (isSaid)
    throw new InputError(
      '--format, --service and --service-from are of standard input: add --stdin; those of files are under sources in culprit.yaml',
      'usage',
    )
  return undefined
}

/** @throws InputError (usage) naming what is no service. */
function readServices(text: string): ServiceName[] {
  return text.split(',').map((name) => {
    const known = SERVICE_NAMES.find((service) => service === name.trim())
    if (known !== undefined) return known
    throw new InputError(`--only ${name.slice(0, 60)}: no such service: it can be ${SERVICE_NAMES.join(', ')}`, 'usage')
  })
}
