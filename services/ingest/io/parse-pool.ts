import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { OperationError } from '../../../shared/runtime/errors.ts'
import type { BlockNames, Overflow } from '../core/admission.ts'
import { type PackedNames, unpackNames } from '../core/packed-names.ts'
import type { BlockPosition } from '../core/parsed-block.ts'
import type { BlockSummary, ParserChoice, WorkerReply, WorkerRequest } from './parse-worker.ts'

export interface ParseJob {
  readonly parser: ParserChoice
  readonly position: BlockPosition
  /** Not to be changed until they are parsed. Shared memory is not copied. */
  readonly bytes: Uint8Array
  /** Later times are set to it, epoch ms; left as they are when absent. */
  readonly latestMs?: number
}

/** A block whose events wait in a worker. */
export interface ParsedJob {
  readonly summary: BlockSummary
  /** Its services and routes, made anew each time: keep them no longer than it takes to look at them. */
  names(): BlockNames
  /** Makes the events a ClickHouse Native block, the overflowing names replaced. Once, and not for a block without events. */
  encode(overflow: Overflow): Promise<Uint8Array>
}

export interface ParsePool {
  /** Rejects with an OperationError once any worker has died. */
  parse(job: ParseJob): Promise<ParsedJob>
  close(): Promise<void>
  /** Each worker has a block to parse and the next ones at hand, for when this thread is busy; more would only take memory. */
  readonly blocksUnderWayMax: number
}

const BLOCKS_PER_WORKER = 4
/** More would wait for the engine to store what they parse. */
const DEFAULT_WORKERS_MAX = 8

/** A core stays with the engine: a thread more costs what it must learn of the log's names, and stores nothing sooner. */
export function defaultWorkers(): number {
  return Math.min(DEFAULT_WORKERS_MAX, Math.max(1, availableParallelism() - 1))
}

/** Parses and encodes in `workers` threads. Close it, or the process doesn't end. */
export function createParsePool(workers: number): ParsePool {
  let failure: OperationError | undefined
  let isClosing = false
  let nextBlockId = 0
  const slots = Array.from({ length: workers }, () => startWorker(fail))

  function fail(cause: unknown): void {
    if (isClosing || failure !== undefined) return
    const message = cause instanceof Error ? cause.message : String(cause)
    failure = new OperationError(`a parsing thread died: ${message}`, {
      code: 'parse_worker_died',
      retryable: false,
      cause,
    })
    for (const slot of slots) slot.abandon(failure)
  }

  return {
    blocksUnderWayMax: BLOCKS_PER_WORKER * workers,
    async parse(job) {
      if (failure !== undefined) throw failure
      const slot = slots.reduce((least, other) => (other.load() < least.load() ? other : least))
      const blockId = nextBlockId++
      const { summary, names } = await slot.parse({ kind: 'parse', blockId, ...job })
      return {
        summary,
        names: () => unpackNames(names),
        async encode(overflow) {
          if (failure !== undefined) throw failure
          return slot.encode({ kind: 'encode', blockId, overflow })
        },
      }
    },
    async close() {
      isClosing = true
      await Promise.all(slots.map((slot) => slot.stop()))
    },
  }
}

type ParsedReply = { readonly summary: BlockSummary; readonly names: PackedNames }

interface Slot {
  /** Answers that are awaited. */
  load(): number
  parse(request: Extract<WorkerRequest, { kind: 'parse' }>): Promise<ParsedReply>
  encode(request: Extract<WorkerRequest, { kind: 'encode' }>): Promise<Uint8Array>
  /** Rejects whatever is awaited. */
  abandon(failure: OperationError): void
  stop(): Promise<void>
}

interface Waiting<Result> {
  readonly resolve: (result: Result) => void
  readonly reject: (failure: OperationError) => void
}

/** Most of what a worker makes lives in typed arrays; left alone, a flood of names would fill three times as much before it is swept. */
const YOUNG_MEGABYTES = 4

function startWorker(onDeath: (cause: unknown) => void): Slot {
  const worker = new Worker(workerUrl(), {
    execArgv: workerFlags(),
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  })
  const parsing = new Map<number, Waiting<ParsedReply>>()
  const encoding = new Map<number, Waiting<Uint8Array>>()
  worker.on('error', onDeath)
  worker.on('exit', (code) => onDeath(`it ended with code ${code}`))
  worker.on('message', (reply: WorkerReply) => {
    switch (reply.kind) {
      case 'parsed':
        return settle(parsing, reply.blockId, reply)
      case 'encoded':
        return settle(encoding, reply.blockId, reply.block)
    }
  })
  return {
    load: () => parsing.size + encoding.size,
    parse: (request) =>
      new Promise((resolve, reject) => {
        parsing.set(request.blockId, { resolve, reject })
        worker.postMessage(request)
      }),
    encode: (request) =>
      new Promise((resolve, reject) => {
        encoding.set(request.blockId, { resolve, reject })
        worker.postMessage(request)
      }),
    abandon(failure) {
      for (const { reject } of [...parsing.values(), ...encoding.values()]) reject(failure)
    },
    async stop() {
      await worker.terminate()
    },
  }
}

function settle<Result>(waiting: Map<number, Waiting<Result>>, blockId: number, result: Result): void {
  waiting.get(blockId)?.resolve(result)
  waiting.delete(blockId)
}

/** Built code runs built code; sources run sources. */
const EXTENSION = extname(import.meta.url)

function workerUrl(): URL {
  return new URL(`./parse-worker${EXTENSION}`, import.meta.url)
}

/** Node reads TypeScript only with a loader, and a thread has to load its own. */
function workerFlags(): string[] {
  if (EXTENSION !== '.ts') return []
  const loader = import.meta.resolve('tsx/esm/api')
  return ['--import', `data:text/javascript,import { register } from '${loader}'; register()`]
}
