import type { Command } from 'commander'
import { z } from 'zod'
import { CELL_MS } from '../../../shared/domain/cell.ts'
import { incidentDocumentSchema } from '../../../shared/domain/incident-wire.ts'
import type { Spike } from '../../../shared/domain/spike.ts'
import { parseDuration } from '../../../shared/runtime/duration.ts'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { Store } from '../../../shared/store/store.ts'
import { groupSpikes } from '../../correlator/core/group.ts'
import { planLinks } from '../../correlator/core/plan-links.ts'
import { buildTopology } from '../../correlator/core/topology.ts'
import { readLinks } from '../../correlator/io/read-evidence.ts'
import { backtest, type KnownFault } from '../../detector/backtest.ts'
import { readCells, readSeries } from '../../detector/io/read-cells.ts'
import { toBacktestDocument } from '../backtest-document.ts'
import type { CommandContext } from '../command-context.ts'
import { type CulpritConfig, correlatorSettings, detectorSettings, readConfig } from '../config.ts'
import { openStore } from '../open-store.ts'
import { startProgress } from '../progress.ts'
import { renderBacktest } from '../render/backtest-text.ts'

interface BacktestFlags {
  readonly since: string
  readonly config?: string
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  culprit backtest --since 3d
  culprit backtest --config quieter.yaml

Over the embedded engine stop the server first: one process at a time can use
its directory. Further back than counts by ten seconds are kept
(retention.cells_10s) it judges counts by the minute; delays are to the minute.`

export function addBacktestCommand(program: Command, context: CommandContext): void {
  program
    .command('backtest')
    .description(
      'Says what would have alerted on the stored history, and how rises put upon that traffic would be found, under the present configuration and another.',
    )
    .option('--since <D>', 'how far back: 12h, 30d', '30d')
    .option('--config <NEW>', 'the configuration to compare with the present one')
    .option('--json', 'one JSON document')
    .addHelpText('after', EXAMPLES)
    .action((flags: BacktestFlags) => run(flags, context))
}

async function run(flags: BacktestFlags, { terminal, environment, nowMs }: CommandContext): Promise<void> {
  const sinceMs = readSince(flags.since)
  const present = await readConfig(undefined, environment)
  const next = flags.config === undefined ? undefined : await readConfig(flags.config, environment)
  const store = await openStore(present)
  const progress = startProgress(terminal, nowMs)
  progress.doing('judging the stored history again')
  try {
    const from = Math.floor((nowMs() - sinceMs) / CELL_MS)
    const byMinute = sinceMs > present.retention.cells_10s
    const range = { from, to: Math.ceil(nowMs() / CELL_MS), byMinute }
    const result = await backtest(
      {
        readSeries: () => readSeries(store, range),
        readCells: () => readCells(store, range),
        group: (spikes) => groupAlerts(store, spikes, present),
      },
      { present: detectorSettings(present), next: next === undefined ? undefined : detectorSettings(next) },
      await readKnownFaults(store),
    )
    progress.clear()
    const document = toBacktestDocument(result, byMinute)
    await terminal.write(
      flags.json === true
        ? `${JSON.stringify(document, null, 2)}\n`
        : renderBacktest(document, { columns: terminal.columns, colour: terminal.colour }),
    )
  } finally {
    progress.clear()
    await store.close()
  }
}

/** @throws InputError (usage) when it is no duration. */
function readSince(text: string): number {
  const sinceMs = parseDuration(text)
  if (sinceMs !== undefined && sinceMs > 0) return sinceMs
  throw new InputError(`--since ${text.slice(0, 40)}: no duration: write it like 12h or 30d`, 'usage')
}

/** As the correlator makes incidents of spikes: by who calls whom, and how each fails. */
async function groupAlerts(
  store: Pick<Store, 'query'>,
  spikes: readonly Spike[],
  config: CulpritConfig,
): Promise<readonly (readonly Spike[])[]> {
  if (spikes.length === 0) return []
  const settings = correlatorSettings(config)
  const links = await readLinks(store, planLinks(spikes))
  const { envAliases } = settings
  const facts = { topology: buildTopology(settings, links), statuses: links.statuses, platformChanges: [], envAliases }
  return groupSpikes(spikes, facts).map((group) => group.spikes)
}

const FAULTS_MAX = 10_000
const documentRow = z
  .object({ document: z.string() })
  .transform(({ document }) => incidentDocumentSchema.parse(JSON.parse(document)))

/** Incidents that a recovery or a person confirmed. */
async function readKnownFaults(store: Pick<Store, 'query'>): Promise<readonly KnownFault[]> {
  const confirmed = await store.query(
    documentRow,
    `SELECT document FROM incidents FINAL WHERE JSONExtractString(document, 'verification', 'state') = 'confirmed'
       OR id IN (SELECT incident_id FROM feedback WHERE verdict = 'right' OR change_id != '')
     ORDER BY started_at DESC LIMIT ${FAULTS_MAX}`,
  )
  return confirmed.map(({ env, service, started_at }) => ({ env, service, startedAtMs: Date.parse(started_at) }))
}
