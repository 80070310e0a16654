import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readReplay } from './read-replay.ts'

const MAIN = fileURLToPath(new URL('../../dist/services/cli/main.js', import.meta.url))
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024
const TIMEOUT_MS = 15 * 60_000

/** Replays a world with the built product, as a user would. Throws when it fails or says something else than the contract. */
export async function runProduct(world: {
  readonly linesFile: string
  readonly changesFile: string
  readonly configFile?: string
}): Promise<ReturnType<typeof readReplay>> {
  if (!existsSync(MAIN)) throw new Error('the product is not built: run `npm run build` first')
  const config = world.configFile === undefined ? [] : ['--config', world.configFile]
  const options = ['--changes', world.changesFile, ...config, '--json']
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'replay', world.linesFile, ...options], {
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: TIMEOUT_MS,
  })
  return readReplay(stdout)
}
