import { createWriteStream, existsSync } from 'node:fs'
import { copyFile, open, rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { InputError, OperationError } from '../../../shared/runtime/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfig } from '../config.ts'
import { backUpStore, hasStore } from '../embedded-files.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface BackupFlags extends ServerFlags {
  readonly config?: string
}

const NOTES = `
A running server is asked for it and goes on meanwhile; its token needs the
scope admin. Without one the store of the configuration is read. Lines that were
not stored yet are not in it. A ClickHouse server is backed up by its own
BACKUP.`

export function addBackupCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('backup'))
    .description('Writes all that the embedded store holds into one new file, for culprit restore.')
    .argument('<FILE>', 'the file to make, e.g. culprit-2026-11-21.tar.zst')
    .option('--config <F>', 'the configuration, YAML; culprit.yaml in this directory when there is one')
    .addHelpText('after', NOTES)
    .action(async (file: string, flags: BackupFlags) => {
      if (existsSync(file)) throw new InputError(`${file} is there already: name another file`)
      const part = `${file}.part`
      try {
        await download(part, flags, context)
        await sync(part)
        await rename(part, file)
      } finally {
        await rm(part, { force: true })
      }
      await context.terminal.write(`${file}: ${sizeText((await stat(file)).size)}\n`)
    })
}

/** From the server, else from the store itself. */
async function download(file: string, flags: BackupFlags, context: CommandContext): Promise<void> {
  try {
    const body = await connect(flags, context).download('/api/v1/backups')
    await pipeline(Readable.fromWeb(body), createWriteStream(file, { mode: 0o600 }))
  } catch (error) {
    if (!(error instanceof OperationError) || error.code !== 'unreachable') throw error
    await copyFromStore(file, flags, context)
  }
}

async function copyFromStore(file: string, flags: BackupFlags, context: CommandContext): Promise<void> {
  const { clickhouse, data_directory: directory } = await readConfig(flags.config, context.environment)
  if (clickhouse.url !== undefined) throw new InputError('the store is a ClickHouse server: it has a BACKUP of its own')
  if (!hasStore(directory))
    throw new InputError(`no server answers at ${flags.server}, and no store is in ${directory}`)
  const made = await backUpStore(directory)
  await copyFile(made, file).finally(() => rm(made, { force: true }))
}

/** Resolves once it would survive a loss of power. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  await file.sync().finally(() => file.close())
}

const KIB = 1024

function sizeText(bytes: number): string {
  if (bytes < KIB * KIB) return `${Math.ceil(bytes / KIB)} KiB`
  return `${(bytes / KIB / KIB).toFixed(1)} MiB`
}
