import type { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { type CulpritConfig, readConfig } from '../config.ts'
import { migrateStore } from '../open-store.ts'

export function addMigrateCommand(program: Command, context: CommandContext): void {
  program
    .command('migrate')
    .description(
      "Brings the store's schema and retention up to date. The embedded engine does so by itself at each start; a ClickHouse server needs it before its first start, and after an upgrade.",
    )
    .option('--config <F>', 'the configuration, YAML')
    .action(async (flags: { readonly config?: string }) => {
      const config = await readConfig(flags.config, context.environment)
      await migrateStore(config)
      await context.terminal.write(`the schema in ${whereOf(config)} is up to date\n`)
    })
}

function whereOf({ clickhouse: { url, database }, data_directory }: CulpritConfig): string {
  return url === undefined ? data_directory : `${database} at ${url}`
}
