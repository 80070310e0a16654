import type { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { readConfig } from '../config.ts'

export function addConfigCommand(program: Command, context: CommandContext): void {
  program
    .command('config')
    .description('About the configuration.')
    .command('check')
    .description('Says whether the configuration is right, and where it is not.')
    .option('--config <F>', 'the configuration, YAML; culprit.yaml in this directory when there is one')
    .action(async (flags: { readonly config?: string }) => {
      await readConfig(flags.config, context.environment)
      await context.terminal.write('the configuration is right\n')
    })
}
