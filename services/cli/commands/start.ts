import type { Command } from 'commander'
import { createLog } from '../../../shared/runtime/log.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfig } from '../config.ts'
import { startServices } from '../live/start-services.ts'
import { untilStopped } from '../until-stopped.ts'

interface StartFlags {
  readonly config?: string
}

export function addStartCommand(program: Command, context: CommandContext): void {
  program
    .command('start')
    .description('Runs the services: takes access logs and changes, and tells of incidents as they happen.')
    .option('--config <F>', 'the configuration, YAML; culprit.yaml in this directory when there is one')
    .addHelpText('after', '\nExample:\n  culprit start')
    .action((flags: StartFlags) => start(flags, context))
}

async function start(flags: StartFlags, { terminal, environment, nowMs }: CommandContext): Promise<void> {
  const config = await readConfig(flags.config, environment)
  const log = createLog({ level: config.log_level, write: terminal.writeError })
  const services = await startServices({ log, nowMs }, config)
  await terminal.write(`culprit listens on ${services.address}\n`)
  await untilStopped()
  await services.stop()
}
