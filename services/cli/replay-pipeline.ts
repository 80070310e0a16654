import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { DEFAULT_ENV } from '../../shared/domain/access-event.ts'
import type { Change } from '../../shared/domain/change.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import { incidentToWire } from '../../shared/domain/incident-wire.ts'
import type { IncidentView } from '../../shared/faces/incident-view.ts'
import { InputError } from '../../shared/runtime/errors.ts'
import type { Store } from '../../shared/store/store.ts'
import { readEvidence, readLinks } from '../correlator/io/read-evidence.ts'
import { storeChanges, storeIncidents } from '../correlator/io/write-findings.ts'
import { correlateSpikes } from '../correlator/service.ts'
import { readCells, readSeries } from '../detector/io/read-cells.ts'
import { readDurations } from '../detector/io/read-durations.ts'
import { readStatuses } from '../detector/io/read-statuses.ts'
import { type Detection, detectSpikes } from '../detector/service.ts'
import type { LoadSummary } from '../ingest/core/load-summary.ts'
import { loadLogs } from '../ingest/service.ts'
import { type CulpritConfig, correlatorSettings, detectorSettings, readPrivacy } from './config.ts'
import type { InputOptions } from './input-options.ts'
import type { ProgressLine } from './progress.ts'
import { readIncidentView } from './read-incident-view.ts'
import type { DetectableRise, ReplayFindings } from './replay-result.ts'
import { makeTemporaryDirectory } from './temporary-directory.ts'

interface ReplayDeps {
  readonly stdin: Readable
  readonly nowMs: () => number
  readonly progress: ProgressLine
}

interface ReplayRequest extends InputOptions {
  readonly files: readonly string[]
  readonly fromMs?: number
  readonly toMs?: number
  /** Null when no list was given. */
  readonly changes: readonly Change[] | null
  readonly config: CulpritConfig
  /** Whether to read what the faces draw. */
  readonly draw: boolean
}

/**
 * The whole pipeline over recorded logs, in event time: all of it is loaded into a private store, then its cells are scanned
 * once, in order. The same logs and changes give the same findings. Nothing stays behind.
 */
export async function replayLogs(deps: ReplayDeps, request: ReplayRequest): Promise<ReplayFindings> {
  const directory = makeTemporaryDirectory()
  let opening: Promise<Store> | undefined
  const openStore = () => {
    opening ??= openPrivateStore(join(directory.path, 'store'))
    return opening
  }
  try {
    try {
      return await replayInto(openStore, deps, request)
    } finally {
      const store = await opening
      await store?.close()
    }
  } finally {
    directory.remove()
  }
}

/** The engine takes half a second to load: other threads parse meanwhile. */
async function openPrivateStore(path: string): Promise<Store> {
  const { openEmbeddedStore } = await import('../../shared/store/chdb.ts')
  return openEmbeddedStore({ path })
}

async function replayInto(
  openStore: () => Promise<Store>,
  deps: ReplayDeps,
  request: ReplayRequest,
): Promise<ReplayFindings> {
  const startedMs = deps.nowMs()
  const loaded = await load(openStore, deps, request)
  const store = await openStore()
  const loadMs = deps.nowMs() - startedMs
  const changes = request.changes ?? []
  await storeChanges(store, changes)
  deps.progress.doing('looking for rises of server errors')
  const detection = await detectSpikes(
    {
      readSeries: () => readSeries(store),
      readCells: () => readCells(store),
      readDurations: () => readDurations(store),
      readStatuses: () => readStatuses(store),
    },
    detectorSettings(request.config),
  )
  deps.progress.doing('weighing the changes')
  const incidents = await correlateSpikes(
    { readLinks: (wanted) => readLinks(store, wanted), readEvidence: (wanted) => readEvidence(store, wanted) },
    { spikes: detection.spikes, changes, settings: correlatorSettings(request.config) },
  )
  await storeIncidents(store, incidents.map(incidentToWire))
  const view = (incident: Incident) => readView(store, incident, { loaded, changes, request })
  return {
    views: request.draw ? await inTurn(incidents, view) : [],
    incidents,
    summary: {
      ...summarize(loaded),
      series: detection.seriesCount,
      loadMs,
      elapsedMs: deps.nowMs() - startedMs,
    },
    serviceOrigin: loaded.serviceFrom,
    otherFormats: loaded.otherFormats,
    firstRejects: loaded.firstRejects,
    changesGiven: request.changes === null ? null : changes.length,
    detectable: toDetectable(detection),
  }
}

async function load(openStore: () => Promise<Store>, deps: ReplayDeps, request: ReplayRequest): Promise<LoadSummary> {
  const { files, format, service, serviceFrom, fromMs, toMs, config } = request
  const loaded = await loadLogs(
    {
      insertNative: async (...insert) => (await openStore()).insertNative(...insert),
      insertRows: async (...insert) => (await openStore()).insertRows(...insert),
      stdin: deps.stdin,
      nowMs: deps.nowMs,
      onProgress(progress) {
        // Whether it opens is seen by whoever stores first.
        openStore().catch(() => {})
        deps.progress.reading(progress)
      },
    },
    {
      files,
      format,
      env: DEFAULT_ENV,
      config: config.ingest,
      privacy: await readPrivacy(config),
      ...(service !== undefined && { service }),
      ...(serviceFrom !== undefined && { serviceFrom }),
      ...(fromMs !== undefined && { fromMs }),
      ...(toMs !== undefined && { toMs }),
    },
  )
  const [reject] = loaded.firstRejects
  if (loaded.parsed > 0 || reject === undefined) return loaded
  throw new InputError(
    `${reject.source}: no line is an event in this format, line ${reject.lineNumber} for one (${reject.reason}): try culprit parse with another --format`,
  )
}

function readView(
  store: Store,
  incident: Incident,
  of: { loaded: LoadSummary; changes: readonly Change[]; request: ReplayRequest },
): Promise<IncidentView> {
  const log = { fromMs: of.loaded.fromMs ?? incident.startedAtMs, toMs: of.loaded.toMs ?? incident.updatedAtMs }
  const { blame_at: blameAt } = of.request.config.correlation
  return readIncidentView(store.query, incident, { changes: of.changes, blameAt, log, isLive: false })
}

/** One after the other: the engine answers one query at a time. */
async function inTurn<From, To>(items: readonly From[], work: (item: From) => Promise<To>): Promise<To[]> {
  const results: To[] = []
  for (const item of items) results.push(await work(item))
  return results
}

function summarize(loaded: LoadSummary) {
  const { lines, parsed, rejected, events, requests, fromMs, toMs } = loaded
  return { lines, parsed, rejected, events, requests, fromMs, toMs, services: loaded.services.length }
}

/** At the longest time asked about: what stays unseen even then. */
function toDetectable({ detectability }: Detection): DetectableRise[] {
  return detectability.flatMap(({ service, method, route, rises }) => {
    const longest = rises.at(-1)
    if (longest === undefined) return []
    return {
      service,
      route: route === null ? null : `${method ?? ''} ${route}`.trim(),
      smallestRise: longest.errorRate ?? null,
      withinMs: longest.withinMs,
    }
  })
}
