import { readFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { linearRegression, quantile } from 'simple-statistics'
import { CELL_MS } from '../../shared/domain/cell.ts'
import { createPrng } from '../worlds/prng.ts'
import { drawEventLine } from './busy-traffic.ts'

/** What a running server does under a steady load. */
export interface Soak {
  /** Events that were acknowledged, how many of them are server errors, and posts that were refused. */
  readonly acknowledged: number
  readonly serverErrors: number
  readonly refused: number
  /** From when a post was due until its events were stored, ms. */
  readonly answerMs: { readonly p50: number; readonly p99: number; readonly max: number }
  /** Resident memory once it was warm and at the end, and how it grew in between. Bytes, and bytes a minute. */
  readonly warmBytes: number
  readonly endBytes: number
  readonly growthBytesPerMinute: number
  /** The longest that a sealed cell waited to be judged, seconds. */
  readonly lagSecondsMax: number
}

const POST_EVERY_MS = 100
const LOOK_EVERY_MS = 1_000
/** A cell, and what comes late to it: until then it is not to be judged. */
const SEALED_AFTER_SECONDS = 15
/** The engine fills its pools and caches, and the collector finds out how much there is to collect. */
const WARM_SHARE = 1 / 3

export interface SoakLoad {
  readonly seconds: number
  readonly eventsPerSecond: number
  /** Told of the resident memory after each minute. */
  readonly onMinute?: (minutes: number, bytes: number) => void
}

/** Posts to `address`, where process `pid` of this machine listens, for so long, however slow the answers are. */
export async function soak(
  { address, pid }: { readonly address: string; readonly pid: number },
  { seconds, eventsPerSecond, onMinute = () => {} }: SoakLoad,
): Promise<Soak> {
  const startedAt = performance.now()
  let judgedUntil = (Math.floor(Date.now() / CELL_MS) * CELL_MS) / 1_000
  const endsAt = startedAt + seconds * 1_000
  const posts = { took: [] as number[], acknowledged: 0, serverErrors: 0, refused: 0 }
  const memory: [number, number][] = []
  let lagSecondsMax = 0

  const post = async (lines: readonly string[], dueAt: number) => {
    const url = `${address}/api/v1/events?format=ndjson`
    // Who can't keep up closes the connection on a body that it does not read.
    const response = await fetch(url, { method: 'POST', body: lines.join('') }).catch(() => undefined)
    await response?.arrayBuffer().catch(() => {})
    if (response?.status !== 202) {
      posts.refused += 1
      return
    }
    posts.took.push(performance.now() - dueAt)
    posts.acknowledged += lines.length
    posts.serverErrors += lines.filter((line) => line.includes('"status":500')).length
  }
  const send = async () => {
    const prng = createPrng('soak')
    const count = (eventsPerSecond * POST_EVERY_MS) / 1_000
    const all: Promise<void>[] = []
    for (let dueAt = startedAt; dueAt < endsAt; dueAt += POST_EVERY_MS) {
      await after(Math.max(0, dueAt - performance.now()))
      const ts = new Date().toISOString()
      const lines = Array.from({ length: count }, () => drawEventLine(prng, ts))
      all.push(post(lines, dueAt))
    }
    await Promise.all(all)
  }
  const watch = async () => {
    while (performance.now() < endsAt) {
      const minutes = (performance.now() - startedAt) / 60_000
      if (Math.floor(minutes) > Math.floor(memory.at(-1)?.[0] ?? 0)) onMinute(Math.floor(minutes), residentBytes(pid))
      memory.push([minutes, residentBytes(pid)])
      judgedUntil = Math.max(judgedUntil, await readJudgedUntil(address))
      lagSecondsMax = Math.max(lagSecondsMax, Date.now() / 1_000 - judgedUntil - SEALED_AFTER_SECONDS)
      await after(LOOK_EVERY_MS)
    }
  }
  await Promise.all([send(), watch()])
  const warm = memory.slice(Math.floor(memory.length * WARM_SHARE))
  return {
    acknowledged: posts.acknowledged,
    serverErrors: posts.serverErrors,
    refused: posts.refused,
    answerMs: { p50: quantile(posts.took, 0.5), p99: quantile(posts.took, 0.99), max: Math.max(...posts.took) },
    warmBytes: warm[0]?.[1] ?? 0,
    endBytes: warm.at(-1)?.[1] ?? 0,
    growthBytesPerMinute: linearRegression(warm).m,
    lagSecondsMax,
  }
}

/** Of a process of this machine; Linux only. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024
}

/** Epoch seconds; long ago before anything was judged, or when it is not told. */
async function readJudgedUntil(address: string): Promise<number> {
  const text = await fetch(`${address}/metrics`).then(
    (response) => response.text(),
    () => '',
  )
  return Number(/^culprit_detector_judged_until_seconds (\d+)$/m.exec(text)?.[1] ?? 0)
}
