import type { FormatSpec } from './format-spec.ts'
import type { ParsedBlock, Reject } from './parsed-block.ts'
import { SERVICE_ORIGINS, type ServiceOrigin } from './service-name.ts'

/** What one log turned out to be. */
export interface ReadFormat {
  readonly source: string
  readonly format: FormatSpec
}

/** What was read and stored. `lines = parsed + rejected +` blank ones. */
export interface LoadSummary {
  readonly lines: number
  readonly parsed: number
  readonly rejected: number
  /** Stored: parsed less those outside the time asked for. */
  readonly events: number
  /** Sum of `count` over the stored events. */
  readonly requests: number
  /** Earliest and latest stored event, epoch ms; null when there is none. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** Sorted. */
  readonly services: readonly string[]
  /** Where most events' service name came from; null when there is no event. */
  readonly serviceFrom: ServiceOrigin | null
  /** One per log, in the order of their times. */
  readonly formats: readonly ReadFormat[]
  /** Events that another format than that of their log had to read, by its label. */
  readonly otherFormats: Readonly<Record<string, number>>
  /** As hostile as the log. */
  readonly firstRejects: readonly Reject[]
  /** Of log text, decompressed. */
  readonly bytes: number
}

/** One block's part of the summary. */
export interface BlockCounts extends Omit<ParsedBlock, 'columns' | 'rejectCounts'> {
  readonly fileIndex: number
  readonly source: string
  readonly format: FormatSpec
  /** Names of services that its events are stored under. */
  readonly services: readonly string[]
  readonly bytes: number
}

export interface LoadTally {
  /** Returns the lines so far. */
  add(block: BlockCounts): number
  summary(): LoadSummary
}

const FIRST_REJECTS_MAX = 10

/** Adds up blocks, given in the order of the log. */
export function createLoadTally(): LoadTally {
  const total = { lines: 0, parsed: 0, rejected: 0, events: 0, requests: 0, bytes: 0 }
  let fromMs = Number.POSITIVE_INFINITY
  let toMs = Number.NEGATIVE_INFINITY
  const services = new Set<string>()
  const origins = new Map<ServiceOrigin, number>()
  const formats: ReadFormat[] = []
  const firstRejects: Reject[] = []
  const otherFormats = new Map<string, number>()

  return {
    add(block) {
      formats[block.fileIndex] = { source: block.source, format: block.format }
      total.lines += block.lines
      total.parsed += block.parsed + block.skipped
      total.rejected += block.rejected
      total.events += block.parsed
      total.requests += block.requests
      total.bytes += block.bytes
      fromMs = Math.min(fromMs, block.fromMs)
      toMs = Math.max(toMs, block.toMs)
      for (const service of block.services) services.add(service)
      for (const origin of SERVICE_ORIGINS)
        origins.set(origin, (origins.get(origin) ?? 0) + (block.serviceOrigins[origin] ?? 0))
      for (const [label, events] of Object.entries(block.otherFormats ?? {}))
        otherFormats.set(label, (otherFormats.get(label) ?? 0) + events)
      firstRejects.push(...block.rejects.slice(0, FIRST_REJECTS_MAX - firstRejects.length))
      return total.lines
    },
    summary: () => ({
      ...total,
      fromMs: total.events === 0 ? null : fromMs,
      toMs: total.events === 0 ? null : toMs,
      services: [...services].sort(),
      serviceFrom: commonest(origins),
      formats: [...formats],
      otherFormats: Object.fromEntries(otherFormats),
      firstRejects: [...firstRejects],
    }),
  }
}

function commonest(origins: ReadonlyMap<ServiceOrigin, number>): ServiceOrigin | null {
  const [first] = [...origins].filter(([, events]) => events > 0).sort(([, a], [, b]) => b - a)
  return first === undefined ? null : first[0]
}
