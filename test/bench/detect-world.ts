// Fills columns of typed arrays, as the store would hand them over.
import { groupSpikes } from '../../services/correlator/core/group.ts'
import { findRoot } from '../../services/correlator/core/root.ts'
import { DEFAULT_SETTINGS } from '../../services/correlator/core/settings.ts'
import { toStatusShares } from '../../services/correlator/core/status-shares.ts'
import { buildTopology } from '../../services/correlator/core/topology.ts'
import type { DetectorSettings } from '../../services/detector/core/settings.ts'
import type { CellPage, SeriesRow } from '../../services/detector/io/read-cells.ts'
import { detectSpikes } from '../../services/detector/service.ts'
import { CELL_MS } from '../../shared/domain/cell.ts'
import type { Change } from '../../shared/domain/change.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { addExtraErrors, cellCountOf, drawCells, type WorldCell } from '../worlds/draw-world.ts'
import type { World } from '../worlds/world.ts'
import type { Finding } from './judge.ts'

const ENV = 'prod'
const PAGE_CELLS = 2_000

/** What the detector alone finds in a world, and the errors that each fault added, by its index. */
export interface DetectedWorld {
  readonly findings: readonly Finding[]
  readonly extraErrors: readonly number[]
}

/**
 * Draws a world straight into the detector: no lines, no store, no correlation but the grouping of spikes into incidents.
 * The same findings as a replay's, without their suspects, in a tenth of the time.
 */
export async function detectWorld(world: World, settings: DetectorSettings): Promise<DetectedWorld> {
  const tally = createTally(world)
  const { spikes } = await detectSpikes(
    { readSeries: async () => seriesOf(world), readCells: () => readPages(world, tally.add) },
    settings,
  )
  const statuses = new Map(spikes.flatMap((spike) => tally.sharesOf(spike) ?? []))
  const services = Object.fromEntries(world.services.map(({ name, calls }) => [name, { calls }]))
  const topology = buildTopology({ ...DEFAULT_SETTINGS, services }, { services: [], upstreams: [] })
  const { envAliases } = DEFAULT_SETTINGS
  const groups = groupSpikes(spikes, { topology, statuses, platformChanges: platformChangesOf(world), envAliases })
  const findings = groups.flatMap((group): Finding[] => {
    const root = findRoot(group.spikes, topology, statuses)
    if (root === undefined) return []
    return [
      {
        service: root.service,
        affected: [...new Set(group.spikes.map(({ service }) => service))],
        startedMs: root.spike.onsetAtMs,
        detectedMs: Math.min(...group.spikes.map(({ detectedAtMs }) => detectedAtMs)),
        suspects: [],
        note: noteOf(root.spike),
      },
    ]
  })
  return { findings, extraErrors: tally.extraErrors }
}

function noteOf({ route, resolvedAtMs, baselineRate, observedRate, requests, excessErrors, evidence }: Spike): string {
  const percent = (rate: number): string => `${(100 * rate).toFixed(3)} %`
  return [
    `${route ?? 'all routes'} until ${resolvedAtMs === null ? 'the end' : new Date(resolvedAtMs).toISOString()}`,
    `${percent(baselineRate)} to ${percent(observedRate)} of ${requests}`,
    `excess ${excessErrors.toFixed(0)}, ${evidence.toFixed(1)} nats`,
  ].join('; ')
}

/** Routes are numbered in the order of the world's services. */
function seriesOf({ services }: World): SeriesRow[] {
  return services
    .flatMap(({ name, routes }) => routes.map(({ method, route }) => ({ env: ENV, service: name, method, route })))
    .map((row, id) => ({ id, ...row }))
}

async function* readPages(world: World, onCell: (cell: WorldCell) => void): AsyncGenerator<CellPage> {
  const series = seriesOf(world).length
  let page = createPage(PAGE_CELLS * series)
  for (const cell of drawCells(world)) {
    onCell(cell)
    page.addCell(cell)
    if ((cell.index + 1) % PAGE_CELLS !== 0) continue
    yield page.take()
    page = createPage(PAGE_CELLS * series)
  }
  yield page.take()
}

function createPage(rowsMax: number): { addCell(cell: WorldCell): void; take(): CellPage } {
  const page = {
    cells: new Uint32Array(rowsMax),
    series: new Float64Array(rowsMax),
    requests: new Float64Array(rowsMax),
    errors: new Float64Array(rowsMax),
  }
  let rows = 0
  return {
    addCell({ startMs, services }) {
      let id = -1
      for (const { routes } of services)
        for (const { requests, errors } of routes) {
          id++
          if (requests === 0) continue
          page.cells[rows] = startMs / CELL_MS
          page.series[rows] = id
          page.requests[rows] = requests
          page.errors[rows] = errors
          rows++
        }
    },
    take: () => ({ rows, ...page }),
  }
}

const STATUS_SPAN_MS = 10 * 60_000

/** Keeps of every cell what is asked for only once the spikes are known. */
function createTally(world: World) {
  const extraErrors = world.faults.map(() => 0)
  const row = (): Float64Array => new Float64Array(cellCountOf(world))
  const byService = world.services.map(({ name }) => ({ name, errors: row(), gateway: row(), unavailable: row() }))
  const sum = (values: Float64Array, fromMs: number, toMs: number): number =>
    values
      .subarray((fromMs - world.startMs) / CELL_MS, Math.ceil((toMs - world.startMs) / CELL_MS))
      .reduce((total, value) => total + value, 0)
  return {
    extraErrors,
    add({ index, services }: WorldCell): void {
      for (const [i, drawn] of services.entries()) {
        const kept = byService[i]
        if (kept === undefined) continue
        kept.errors[index] = drawn.errors
        kept.gateway[index] = drawn.gatewayErrors
        kept.unavailable[index] = drawn.unavailableErrors
        addExtraErrors(extraErrors, drawn)
      }
    },
    /** How the service failed in the first ten minutes of a spike. */
    sharesOf({ id, service, onsetAtMs, detectedAtMs, resolvedAtMs, updatedAtMs }: Spike) {
      const kept = byService.find(({ name }) => name === service)
      const toMs = Math.max(Math.min(resolvedAtMs ?? updatedAtMs, onsetAtMs + STATUS_SPAN_MS), detectedAtMs)
      if (kept === undefined) return undefined
      const [errors, gateway, unavailable] = [kept.errors, kept.gateway, kept.unavailable].map((values) =>
        sum(values, onsetAtMs, toMs),
      )
      const shares = toStatusShares({ errors: errors ?? 0, gateway: gateway ?? 0, unavailable: unavailable ?? 0 })
      return shares === undefined ? undefined : [[id, shares] as const]
    },
  }
}

function platformChangesOf({ records }: World): Change[] {
  return records
    .filter(({ service }) => service === undefined)
    .map(({ id, ts, finished_at, kind, env, status }) => ({
      ...{ id, kind, env, status, reversible: true, startedAtMs: Date.parse(ts) },
      ...(finished_at !== undefined && { finishedAtMs: Date.parse(finished_at) }),
    }))
}
