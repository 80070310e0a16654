// Access logs come in, rows of access_events and rejects go out. Reading, parsing and storing overlap; what is held
// between them is bounded, whatever the logs' size. The same logs are cut, named and stored alike each time; a block
// that was stored already is not stored again. A log that can't be read to its end fails the load.
import type { Readable } from 'node:stream'
import { InputError } from '../../shared/runtime/errors.ts'
import type { Store } from '../../shared/store/store.ts'
import type { IngestConfig } from './config.ts'
import { type Admission, createAdmission, storedServices } from './core/admission.ts'
import { createChunkSeams } from './core/chunk-seams.ts'
import { detectFormat } from './core/detect-format.ts'
import type { FormatSpec } from './core/format-spec.ts'
import { createLineNumbering } from './core/line-numbering.ts'
import { createLoadTally, type LoadSummary } from './core/load-summary.ts'
import { compareLogs, firstEventMs, type LogStart } from './core/order-logs.ts'
import type { BlockParser, BlockParserOptions, Reject } from './core/parsed-block.ts'
import type { Privacy } from './core/privacy.ts'
import type { ServiceFrom } from './core/service-name.ts'
import { type WireEvent, wireEvents } from './core/wire-event.ts'
import { blockToken } from './io/block-token.ts'
import { createBlockWriter } from './io/block-writer.ts'
import { type ChunkMemory, createChunkMemory } from './io/chunk-memory.ts'
import { joinAtSeams, type SeamlessChunk } from './io/join-at-seams.ts'
import type { AllocateChunk } from './io/line-chunks.ts'
import { findLogFiles, type LogFile } from './io/log-file.ts'
import { mapInOrder } from './io/map-in-order.ts'
import { openLogParser } from './io/open-log-parser.ts'
import { createParsePool, defaultWorkers, type ParsedJob, type ParsePool } from './io/parse-pool.ts'
import type { ParserChoice } from './io/parse-worker.ts'
import { planLogs } from './io/plan-logs.ts'
import { createRejectWriter } from './io/reject-writer.ts'

export interface ReadOptions {
  /** Paths in any order: the logs are read in that of their times. `-` is standard input. */
  readonly files: readonly string[]
  /** `auto`: told for each log by its first lines. */
  readonly format: FormatSpec | 'auto'
  readonly service?: string
  readonly serviceFrom?: ServiceFrom
  readonly env: string
  /** What is kept of who asked and for what; by default the least. */
  readonly privacy?: Privacy
  /** Only events in `[fromMs, toMs)`. Epoch ms. */
  readonly fromMs?: number
  readonly toMs?: number
}

export interface LoadOptions extends ReadOptions {
  readonly config: IngestConfig
}

export interface LoadProgress {
  readonly lines: number
  /** Of the logs as stored, compressed or not. */
  readonly bytesRead: number
  /** Unknown when a pipe is among the logs. */
  readonly bytesTotal?: number
}

export interface LoadDeps extends Pick<Store, 'insertNative' | 'insertRows'> {
  readonly stdin: Readable
  readonly nowMs: () => number
  readonly onProgress?: (progress: LoadProgress) => void
}

/** Parses logs into `access_events`, and what doesn't parse into `rejects`. Throws an InputError for a log that is no log. */
export async function loadLogs(deps: LoadDeps, options: LoadOptions): Promise<LoadSummary> {
  const files = await findLogFiles(options.files, deps.stdin)
  const { max_services: maxServices, max_routes_per_service: maxRoutesPerService, workers } = options.config
  const admission = createAdmission({ maxServices, maxRoutesPerService })
  const eventWriter = createBlockWriter((native, token) => deps.insertNative('access_events', native, token))
  const rejectWriter = createRejectWriter({
    insertRows: (rows, token) => deps.insertRows('rejects', rows, token),
    nowMs: deps.nowMs,
  })
  const numberRejects = createLineNumbering()
  const tally = createLoadTally()
  const pool = createParsePool(workers ?? defaultWorkers())
  try {
    const memory = createChunkMemory()
    const chunks = readChunks(files, options, { chunkBytes: LOAD_CHUNK_BYTES, allocate: memory.take })
    const parsed = mapInOrder(chunks, (chunk) => parseChunk(pool, memory, chunk), pool.blocksUnderWayMax)
    const encoded = mapInOrder(parsed, (block) => encodeBlock(admission, block), pool.blocksUnderWayMax)
    for await (const block of encoded) {
      const rejects = numberRejects(block)
      const lines = tally.add({ ...block, rejects })
      // Nothing else of the block may wait for the insert: a flood has a name a line.
      if (block.rows > 0) await eventWriter.add({ token: block.token, rows: block.rows, native: block.native })
      await rejectWriter.add(rejects, block.token)
      deps.onProgress?.({ lines, ...block.progress })
    }
    await eventWriter.finish()
    await rejectWriter.finish()
  } finally {
    await pool.close()
  }
  return tally.summary()
}

/** Some lines of a log as people may look at them. */
export interface ReadBlock {
  readonly source: string
  readonly format: FormatSpec
  /** The share of the log's first lines that the format reads, 0.5–1; null where it was named. */
  readonly confidence: number | null
  readonly lines: number
  readonly parsed: number
  readonly rejected: number
  /** Of the parsed lines, those that only another format could read, by its label. */
  readonly otherFormats: Readonly<Record<string, number>>
  readonly events: Iterable<WireEvent>
  /** The first of the block's rejects; `rejected` counts all of them. */
  readonly rejects: readonly Reject[]
}

/** Parses logs without storing them, block by block in the order of the input. Names are as in the log: none is folded away. */
export async function* readEvents(
  deps: Pick<LoadDeps, 'stdin'>,
  options: ReadOptions,
): AsyncGenerator<ReadBlock, void> {
  const files = await findLogFiles(options.files, deps.stdin)
  const numberRejects = createLineNumbering()
  let current: { readonly id: number; readonly parser: BlockParser } | undefined
  const chunks = readChunks(files, options, { chunkBytes: READ_CHUNK_BYTES })
  for await (const { file, parser, confidence, bytes, firstByte, directives } of chunks) {
    if (current?.id !== parser.id) current = { id: parser.id, parser: await openLogParser(parser.options) }
    const block = current.parser.parse(bytes, { source: file.source, firstLine: 1, firstByte, directives })
    yield {
      source: file.source,
      format: parser.options.format,
      confidence,
      lines: block.lines,
      parsed: block.parsed + block.skipped,
      rejected: block.rejected,
      otherFormats: block.otherFormats ?? {},
      events: wireEvents(block.columns),
      rejects: numberRejects({ fileIndex: parser.id, lines: block.lines, rejects: block.rejects }),
    }
  }
}

/** What one worker takes at a time: large enough that handing it over costs nothing, small enough to hold several. */
const LOAD_CHUNK_BYTES = 4 * 1024 * 1024
/** Above the longest line that is parsed, and soon filled by a slow pipe. */
const READ_CHUNK_BYTES = 256 * 1024
/** An OTLP request is one line, of some thousand records. */
const OTLP_CHUNK_BYTES = 32 * 1024 * 1024

interface Chunk extends SeamlessChunk {
  readonly file: LogFile
  /** How often the same file was given before. */
  readonly occurrence: number
  readonly parser: ParserChoice
  readonly confidence: number | null
  readonly progress: Omit<LoadProgress, 'lines'>
}

/** The logs one after the other, the earliest first, each with the parser that fits it. */
async function* readChunks(
  files: readonly LogFile[],
  options: ReadOptions,
  { chunkBytes, allocate }: { readonly chunkBytes: number; readonly allocate?: AllocateChunk },
): AsyncGenerator<Chunk, void> {
  const isOtlp = options.format !== 'auto' && options.format.name === 'otlp'
  const reading = { chunkBytes: isOtlp ? OTLP_CHUNK_BYTES : chunkBytes, ...(allocate && { allocate }) }
  const planned = await planLogs(files, reading, (file, firstBytes) => examine(options, file, firstBytes))
  planned.sort((a, b) => compareLogs(a.examined, b.examined))
  const bytesTotal = totalSize(files)
  const occurrences = new Map<string, number>()
  let bytesBefore = 0
  for (const [id, { file, examined, chunks }] of planned.entries()) {
    const occurrence = occurrences.get(file.identity) ?? 0
    occurrences.set(file.identity, occurrence + 1)
    const parser = { id, options: parserOptions(options, examined.format) }
    const { confidence } = examined
    let bytesRead = 0
    for await (const chunk of joinAtSeams(chunks, createChunkSeams(examined.format))) {
      bytesRead = bytesBefore + chunk.storedBytesRead
      yield {
        ...chunk,
        file,
        occurrence,
        parser,
        confidence,
        progress: { bytesRead, ...(bytesTotal && { bytesTotal }) },
      }
    }
    bytesBefore = bytesRead
  }
}

function examine(options: ReadOptions, file: LogFile, firstBytes: Uint8Array): LogStart & ChosenFormat {
  const chosen = chooseFormat(options.format, file, firstBytes)
  return { ...chosen, source: file.source, firstMs: firstEventMs(firstBytes, chosen.format) }
}

function totalSize(files: readonly LogFile[]): number | undefined {
  const sizes = files.flatMap(({ sizeBytes }) => sizeBytes ?? [])
  return sizes.length === files.length ? sizes.reduce((total, size) => total + size, 0) : undefined
}

type ChosenFormat = Pick<ReadBlock, 'format' | 'confidence'>

function chooseFormat(asked: FormatSpec | 'auto', file: LogFile, firstBytes: Uint8Array): ChosenFormat {
  if (asked !== 'auto') return { format: asked, confidence: null }
  const found = detectFormat(firstBytes)
  if (found.kind === 'known') return { format: found.spec, confidence: found.confidence }
  throw new InputError(`${file.source}: its first lines ${found.hint}: ${found.advice}`)
}

function parserOptions(
  { format: asked, service, serviceFrom, env, privacy, fromMs, toMs }: ReadOptions,
  format: FormatSpec,
): BlockParserOptions {
  return {
    format,
    isGuessed: asked === 'auto',
    env,
    ...(service !== undefined && { service }),
    ...(serviceFrom !== undefined && { serviceFrom }),
    ...(privacy !== undefined && { privacy }),
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
  }
}

interface ParsedChunk extends Omit<Chunk, 'bytes'> {
  readonly length: number
  readonly job: ParsedJob
}

async function parseChunk(pool: ParsePool, memory: ChunkMemory, { bytes, ...chunk }: Chunk): Promise<ParsedChunk> {
  // Lines are numbered from 1 in each block: how many came before is known once the blocks before are parsed.
  const { firstByte, directives } = chunk
  const position = { source: chunk.file.source, firstLine: 1, firstByte, directives }
  const job = await pool.parse({ parser: chunk.parser, position, bytes })
  memory.giveBack(bytes)
  return { ...chunk, length: bytes.length, job }
}

/** Admission happens before the first await, so in the order of the calls: that of the log. */
async function encodeBlock(admission: Admission, { job, ...chunk }: ParsedChunk) {
  const { checksum, ...counts } = job.summary
  const { overflow, services } = admitNames(admission, job)
  const token = blockToken({
    fileIdentity: chunk.file.identity,
    occurrence: chunk.occurrence,
    firstByte: chunk.firstByte,
    length: chunk.length,
    checksum,
  })
  return {
    ...counts,
    fileIndex: chunk.parser.id,
    source: chunk.file.source,
    format: chunk.parser.options.format,
    bytes: chunk.length,
    services,
    progress: chunk.progress,
    token,
    rows: counts.parsed,
    native: counts.parsed > 0 ? await job.encode(overflow) : new Uint8Array(0),
  }
}

/** Apart, so that the names are gone before the block is waited for. */
function admitNames(admission: Admission, job: ParsedJob) {
  const names = job.names()
  const overflow = admission.admit(names)
  return { overflow, services: storedServices(names, overflow) }
}
