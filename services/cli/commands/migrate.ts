import { join } from 'node:path'
import type { Command } from 'commander'
import { openEmbeddedStore } from '../../../shared/store/chdb.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfig } from '../config.ts'

export function addMigrateCommand(program: Command, context: CommandContext): void {
  program
    .command('migrate')
    .description("Brings the store's schema up to date; the embedded engine does so by itself at each start.")
    .option('--config <F>', 'the configuration, YAML')
    .action(async (flags: { readonly config?: string }) => {
      const config = await readConfig(flags.config, context.environment)
      const store = await openEmbeddedStore({ path: join(config.data_directory, 'store') })
      await store.close()
      await context.terminal.write(`the schema in ${config.data_directory} is up to date\n`)
    })
}
