import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { gunzipSync, gzipSync } from 'node:zlib'
import type {
  EvidenceData,
  EvidenceRequest,
  Links,
  LinksRequest,
} from '../../services/correlator/core/evidence-data.ts'
import { type CorrelatorSettings, DEFAULT_SETTINGS } from '../../services/correlator/core/settings.ts'
import { correlateSpikes } from '../../services/correlator/service.ts'
import { detectionSchema, toDetectorSettings } from '../../services/detector/config.ts'
import { detectSpikes } from '../../services/detector/service.ts'
import type { Change } from '../../shared/domain/change.ts'
import { changeReportSchema } from '../../shared/domain/change-report.ts'
import type { Incident } from '../../shared/domain/incident.ts'
import { incidentToWire } from '../../shared/domain/incident-wire.ts'
import { mergeReports } from '../../shared/domain/merge-changes.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { readDrawnLog } from '../unit/services/correlator/read-drawn-log.ts'
import { describeTruth } from '../worlds/truth.ts'
import type { World } from '../worlds/world.ts'
import { type Finding, factsOf, type WorldFacts } from './judge.ts'
import { readIncident } from './read-replay.ts'
import { logWorld, type WorldLog } from './world-log.ts'

/** What was said of a world's faults, and what is true of them. */
export interface BlamedWorld {
  readonly facts: WorldFacts
  readonly changes: readonly Change[]
  readonly findings: readonly Finding[]
}

/** Where answers are kept. `trusts`: whatever code has changed since. */
export interface AnswerFolder {
  readonly folder: string
  readonly trusts: boolean
}

/** All that a world's log was asked for. */
interface Answers {
  readonly spikes: readonly Spike[]
  readonly extraErrors: readonly number[]
  /** By the request's JSON. */
  readonly links: Map<string, Links>
  readonly evidence: Map<string, EvidenceData>
}

/**
 * Detects and correlates a world in memory: no store, no files but in `folder`, where the answers of its log are kept so
 * that a next run needs to draw it only if it asks for more, or if how worlds are drawn or spikes found has changed.
 */
export async function blameWorld(world: World, { folder, trusts }: AnswerFolder): Promise<BlamedWorld> {
  const basis = basisOf(world)
  const file = join(folder, `${world.flavour.name}-${world.seed}`)
  const kept = readAnswers(file, (made) => (trusts ? flavourIn(made) === flavourIn(basis) : made === basis))
  let log: WorldLog | undefined
  const draw = (): WorldLog => {
    log ??= logWorld(world)
    return log
  }
  const answers = kept ?? (await detect(draw()))
  const asked = answers.links.size + answers.evidence.size
  const changes = mergeReports(
    world.records.map((record) => changeReportSchema.parse(record)),
    DEFAULT_SETTINGS.envAliases,
  )
  const incidents = await correlateSpikes(
    {
      readLinks: (request) => recall(answers.links, request, () => readLinks(draw(), request)),
      readEvidence: (request) => recall(answers.evidence, request, () => readEvidence(draw(), request)),
    },
    { spikes: answers.spikes, changes, settings: settingsOf(world) },
  )
  if (kept === undefined || answers.links.size + answers.evidence.size > asked)
    writeAnswers(file, { ...answers, basis })
  const facts = factsOf(world, describeTruth(world, answers.extraErrors))
  return { facts, changes, findings: incidents.map(findingOf) }
}

function settingsOf({ services, flavour }: World): CorrelatorSettings {
  if (flavour.namesUpstreams) return DEFAULT_SETTINGS
  return { ...DEFAULT_SETTINGS, services: Object.fromEntries(services.map(({ name, calls }) => [name, { calls }])) }
}

async function detect(log: WorldLog): Promise<Answers> {
  const settings = toDetectorSettings(detectionSchema.parse({}), new Map())
  const { spikes } = await detectSpikes(
    { readSeries: async () => [...log.series], readCells: () => log.readPages() },
    settings,
  )
  return { spikes, extraErrors: log.extraErrors, links: new Map(), evidence: new Map() }
}

async function recall<Request, Answer>(
  known: Map<string, Answer>,
  request: Request,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const key = JSON.stringify(request)
  const answer = known.get(key) ?? (await ask())
  known.set(key, answer)
  return answer
}

function readLinks(log: WorldLog, request: LinksRequest): Promise<Links> {
  const times = request.spikes.map(({ range }) => range)
  const fromMs = Math.min(...times.map((range) => range.fromMs))
  const toMs = Math.max(...times.map((range) => range.toMs))
  const rows = log.rowsWithin(fromMs, toMs)
  return readDrawnLog(rows).readLinks(request)
}

/** All services around the incident, and those of the incident long before. */
function readEvidence(log: WorldLog, request: EvidenceRequest): Promise<EvidenceData> {
  const { versions, minutes, during } = request
  const toMs = Math.max(versions.toMs, minutes.toMs, during.toMs)
  const rows = [
    ...log.rowsWithin(versions.fromMs, minutes.fromMs, new Set(request.services)),
    ...log.rowsWithin(minutes.fromMs, toMs),
  ]
  return readDrawnLog(rows).readEvidence(request)
}

/** As the contract tells it, but for its numbers, which are not rounded. */
function findingOf(incident: Incident): Finding {
  const { suspects, otherCauses } = incident
  return {
    ...readIncident(incidentToWire(incident)),
    suspects: suspects.map(({ changeId, probability }) => ({ changeId, probability })),
    hypotheses: [
      ...suspects.map((suspect) => ({ ...suspect, cause: 'change' })),
      ...otherCauses.map((other) => ({ ...other, changeId: null })),
    ],
  }
}

/** Where everything lies that decides what a log's answers are. */
const DECIDING = [
  '../../services/detector/',
  '../worlds/',
  './world-log.ts',
  '../unit/services/correlator/read-drawn-log.ts',
]

let codeHash: string | undefined

/** Changes whenever the world or the code does that draws it and finds its spikes. */
function basisOf({ flavour }: World): string {
  codeHash ??= DECIDING.flatMap((path) => filesUnder(fileURLToPath(new URL(path, import.meta.url))))
    .reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256'))
    .digest('hex')
  return `${codeHash} ${JSON.stringify(flavour)}`
}

function filesUnder(path: string): string[] {
  if (!path.endsWith('/')) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('flavours.ts'))
    .toSorted()
    .map((name) => join(path, name))
}

function flavourIn(basis: string): string {
  return basis.slice(basis.indexOf(' '))
}

function readAnswers(file: string, isGood: (basis: string) => boolean): Answers | undefined {
  if (!existsSync(file)) return undefined
  const kept: Answers & { readonly basis: string } = deserialize(gunzipSync(readFileSync(file)))
  return isGood(kept.basis) ? kept : undefined
}

function writeAnswers(file: string, answers: Answers & { readonly basis: string }): void {
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, gzipSync(serialize(answers), { level: 1 }))
}
