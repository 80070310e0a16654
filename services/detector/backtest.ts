// In: stored cells, and two ways to judge them. Out: what each would have alerted of, and how it finds rises that are put upon
// the same traffic. Nothing is written.
import type { Spike } from '../../shared/domain/spike.ts'
import { drawErrors, type InjectedRise, planRises, type RouteTraffic } from './core/injected-rises.ts'
import { delaysOf, isOfRise, type LevelScore, scoreLevels } from './core/score-rises.ts'
import type { DetectorSettings } from './core/settings.ts'
import type { CellPage, SeriesRow } from './io/read-cells.ts'
import { detectSpikes } from './service.ts'

export interface BacktestDeps {
  readonly readSeries: () => Promise<SeriesRow[]>
  readonly readCells: () => AsyncIterable<CellPage>
  /** Spikes that are one alert. */
  readonly group: (spikes: readonly Spike[]) => Promise<readonly (readonly Spike[])[]>
}

/** What is known to have been broken: such an alert is no false one. */
export interface KnownFault {
  readonly env: string
  readonly service: string
  readonly startedAtMs: number
}

export interface BacktestScore {
  /** On the traffic as it was, oldest first; each the spikes of one alert. */
  readonly alerts: readonly (readonly Spike[])[]
  /** Share of the injected rises that were found; null where none could be injected. */
  readonly recall: number | null
  /** Of all alerts, those of an injected rise or of a known fault: at least this, as others may have been real too. */
  readonly precision: number | null
  readonly levels: readonly LevelScore[]
}

export interface Backtest {
  readonly services: number
  readonly routes: number
  readonly requests: number
  /** Cell numbers; undefined where nothing is stored. */
  readonly judged: { readonly first: number; readonly last: number } | undefined
  readonly injected: number
  readonly present: BacktestScore
  /** Null where no other settings were given. */
  readonly next: BacktestScore | null
}

/** The rises are the same for both settings: none is near what the present ones alert of. */
export async function backtest(
  deps: BacktestDeps,
  settings: { readonly present: DetectorSettings; readonly next: DetectorSettings | undefined },
  known: readonly KnownFault[],
): Promise<Backtest> {
  const series = await deps.readSeries()
  const traffic = createTrafficCount()
  const readSeries = async () => series
  const plain = await detectSpikes({ readSeries, readCells: () => traffic.watch(deps.readCells()) }, settings.present)
  const routes = series.map((row): RouteTraffic => ({ ...row, requests: traffic.requestsOf(row.id) }))
  const judged = traffic.judged()
  const presentSpikes = errorSpikes(plain.spikes)
  const rises = judged === undefined ? [] : planRises(routes, judged, presentSpikes)
  const injected = () => injectRises(deps.readCells(), rises)
  const score = async (spikes: readonly Spike[], of: DetectorSettings): Promise<BacktestScore> => {
    const alerts = await deps.group(spikes)
    if (rises.length === 0) return { alerts, recall: null, precision: null, levels: [] }
    const found = errorSpikes((await detectSpikes({ readSeries, readCells: injected }, of)).spikes)
    const delays = delaysOf(rises, found)
    const all = await deps.group(found)
    const explained = all.filter((alert) => alert.some((spike) => isExplained(spike, rises, known)))
    return {
      alerts,
      recall: delays.filter((delay) => delay !== null).length / rises.length,
      precision: all.length === 0 ? null : explained.length / all.length,
      levels: scoreLevels(rises, delays),
    }
  }
  const present = await score(presentSpikes, settings.present)
  const { next } = settings
  return {
    services: new Set(routes.map(({ env, service }) => `${env}\n${service}`)).size,
    routes: routes.length,
    requests: routes.reduce((sum, { requests }) => sum + requests, 0),
    judged,
    injected: rises.length,
    present,
    next:
      next === undefined
        ? null
        : await score(errorSpikes((await detectSpikes({ readSeries, readCells: deps.readCells }, next)).spikes), next),
  }
}

const KNOWN_WITHIN_MS = 10 * 60_000

function isExplained(spike: Spike, rises: readonly InjectedRise[], known: readonly KnownFault[]): boolean {
  const isKnown = known.some(
    ({ env, service, startedAtMs }) =>
      env === spike.env && service === spike.service && Math.abs(startedAtMs - spike.onsetAtMs) <= KNOWN_WITHIN_MS,
  )
  return isKnown || rises.some((rise) => isOfRise(spike, rise))
}

/** Rises are of errors; traffic that stays away is another matter. */
function errorSpikes(spikes: readonly Spike[]): readonly Spike[] {
  return spikes.filter(({ signal }) => signal === 'error_rate')
}

/** Counts what passes through. */
function createTrafficCount() {
  const requests = new Map<number, number>()
  let first: number | undefined
  let last = 0
  return {
    async *watch(pages: AsyncIterable<CellPage>): AsyncGenerator<CellPage> {
      for await (const page of pages) {
        for (let row = 0; row < page.rows; row++) {
          const id = page.series[row] ?? 0
          requests.set(id, (requests.get(id) ?? 0) + (page.requests[row] ?? 0))
        }
        if (page.rows > 0) {
          first ??= page.cells[0]
          last = page.cells[page.rows - 1] ?? last
        }
        yield page
      }
    },
    requestsOf: (id: number): number => requests.get(id) ?? 0,
    judged: () => (first === undefined ? undefined : { first, last }),
  }
}

async function* injectRises(pages: AsyncIterable<CellPage>, rises: readonly InjectedRise[]): AsyncGenerator<CellPage> {
  const bySeries = new Map<number, InjectedRise[]>()
  for (const rise of rises) bySeries.set(rise.seriesId, [...(bySeries.get(rise.seriesId) ?? []), rise])
  for await (const page of pages) {
    const errors = page.errors.slice()
    for (let row = 0; row < page.rows; row++) {
      const cell = page.cells[row] ?? 0
      const id = page.series[row] ?? 0
      const rise = bySeries.get(id)?.find(({ fromCell, toCell }) => cell >= fromCell && cell < toCell)
      if (rise === undefined) continue
      const before = errors[row] ?? 0
      const well = Math.max((page.requests[row] ?? 0) - before, 0)
      errors[row] = before + drawErrors(well, rise.addedRate, `${id} ${cell}`)
    }
    yield { ...page, errors }
  }
}
