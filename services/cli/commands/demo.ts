import { join } from 'node:path'
import type { Command } from 'commander'
import { duration } from '../../../shared/faces/words.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import type { CommandContext } from '../command-context.ts'
import { type CulpritConfig, readConfig } from '../config.ts'
import { runShop, sendShopPast } from '../demo/run-shop.ts'
import { SHOP_CALLS, type ShopChange } from '../demo/shop.ts'
import { runTerminal } from '../live/run-terminal.ts'
import { startServices } from '../live/start-services.ts'
import { createServerClient } from '../server-client.ts'
import { makeTemporaryDirectory } from '../temporary-directory.ts'
import { untilStopped } from '../until-stopped.ts'

interface DemoFlags {
  readonly port: string
}

export function addDemoCommand(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('Runs everything on a simulated shop whose next release is bad, and shows what is said of it.')
    .option('--port <N>', 'port to listen on; 0 takes a free one', '8080')
    .addHelpText('after', '\nNothing is left behind when it is stopped with Ctrl-C.')
    .action((flags: DemoFlags) => demo(flags, context))
}

async function demo({ port }: DemoFlags, { terminal, nowMs }: CommandContext): Promise<void> {
  const directory = makeTemporaryDirectory({ endsBySignal: false })
  try {
    const config = await demoConfig(directory.path, port)
    const log = createLog({ level: 'error', write: terminal.writeError })
    await terminal.write('A shop with two hours of history is set up …\n')
    await loadPast({ log, nowMs }, config)
    const services = await startServices({ log, nowMs }, config, {
      also: [(deps) => runTerminal(deps, { terminal, blameAt: config.correlation.blame_at })],
    })
    await terminal.write(`the shop is open, and the dashboard is at ${services.address}/. Ctrl-C ends it.\n`)
    const stop = new AbortController()
    const { post } = createServerClient({ url: services.address, token: undefined })
    const startMs = nowMs()
    const onChange = (change: ShopChange) =>
      void terminal.write(
        `  ${duration(nowMs() - startMs)} in: ${change.author} makes a change to ${change.service}: ${change.title}\n`,
      )
    const shop = runShop(
      { nowMs, random: Math.random, send: async (path, body) => void (await post(path, body)), onChange },
      stop.signal,
    )
    await Promise.race([untilStopped(), shop])
    stop.abort()
    await shop
    await services.stop()
  } finally {
    directory.remove()
  }
}

function demoConfig(path: string, port: string): Promise<CulpritConfig> {
  const calls = Object.fromEntries(
    Object.entries(SHOP_CALLS).map(([service, called]) => [
      `CULPRIT_SERVICES__${service.toUpperCase()}__CALLS`,
      JSON.stringify(called),
    ]),
  )
  return readConfig(undefined, {
    CULPRIT_LISTEN__PORT: port,
    CULPRIT_DATA_DIRECTORY: join(path, 'data'),
    // The shop is all that it hears of, whatever is set up here.
    CULPRIT_BUS: 'memory',
    CULPRIT_SOURCES__KAFKA: '[]',
    ...calls,
  })
}

/** Stored before the detector starts, as it judges a cell once. */
async function loadPast(deps: Parameters<typeof startServices>[0], config: CulpritConfig): Promise<void> {
  const services = await startServices(deps, { ...config, listen: { ...config.listen, port: 0 } }, { only: ['ingest'] })
  const { post } = createServerClient({ url: services.address, token: undefined })
  await sendShopPast({
    nowMs: deps.nowMs,
    random: Math.random,
    send: async (path, body) => void (await post(path, body)),
  })
  await services.stop()
}
