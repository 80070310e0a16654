import type { Command } from 'commander'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfig } from '../config.ts'
import { restoreStore } from '../embedded-files.ts'

interface RestoreFlags {
  readonly config?: string
  readonly replace?: boolean
}

export function addRestoreCommand(program: Command, context: CommandContext): void {
  program
    .command('restore')
    .description('Makes the embedded store of what culprit backup wrote. The server must be stopped.')
    .argument('<FILE>', 'the backup')
    .option('--replace', 'put the store that is there aside')
    .option('--config <F>', 'the configuration, YAML; culprit.yaml in this directory when there is one')
    .action(async (file: string, flags: RestoreFlags) => {
      const { clickhouse, data_directory: directory } = await readConfig(flags.config, context.environment)
      if (clickhouse.url !== undefined)
        throw new InputError('the store is a ClickHouse server: it has a RESTORE of its own')
      const replaces = flags.replace === true
      const aside = await restoreStore({ file, directory, replaces, nowMs: context.nowMs() })
      const kept = aside === undefined ? '' : `what was there is in ${aside}\n`
      await context.terminal.write(`${file} is restored into ${directory}\n${kept}`)
    })
}
