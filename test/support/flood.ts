import { setTimeout as after } from 'node:timers/promises'
import { z } from 'zod'
import { CROWD_SECONDS, type CrowdKind, createCrowd, realRequests } from './crowd.ts'
import { residentBytes } from './soak.ts'

/** What a flood of random paths did to a running server. */
export interface Flooded {
  /** The most resident memory while as many ordinary requests came, and while random ones did. */
  readonly ordinaryBytesMax: number
  readonly floodBytesMax: number
  /** The least once it was over. */
  readonly settledBytes: number
  /** Requests that were acknowledged, and how many of them are server errors. */
  readonly requests: number
  readonly serverErrors: number
  /** Whether the real route that failed meanwhile was told of. */
  readonly isFound: boolean
}

const CALM_SECONDS = 7_200
const SETTLED_AFTER_MS = 3_000
const LOOK_EVERY_MS = 500
const FOUND_AFTER_MS_MAX = 120_000

/**
 * Two hours of a real route, a minute of ordinary requests beside it, and a minute of random ones in which the real route
 * begins to fail, and goes on for another. `paths` is how many requests each minute has. Posted a second of the log every
 * `secondMs`, to `address`, where process `pid` of this machine listens.
 */
export async function flood(
  { address, pid }: { readonly address: string; readonly pid: number },
  { paths, secondMs }: { readonly paths: number; readonly secondMs: number },
): Promise<Flooded> {
  // What was posted faster than it happens was over just now.
  const beganAtMs = Date.now() - 3 * CROWD_SECONDS * (1_000 - secondMs)
  let requests = 0
  let serverErrors = 0
  let bytesMax = 0

  const post = async (lines: readonly string[]) => {
    const url = `${address}/api/v1/events?format=combined&service=shop`
    const response = await fetch(url, { method: 'POST', body: lines.join('') })
    if (response.status !== 202) throw new Error(`answered ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
    requests += lines.length
    serverErrors += lines.filter((line) => line.includes('" 50')).length
    bytesMax = Math.max(bytesMax, residentBytes(pid))
  }
  const postMinute = async (kind: CrowdKind, minute: number): Promise<number> => {
    bytesMax = 0
    const crowd = createCrowd(kind, paths)
    const startedAt = performance.now()
    for (let second = 0; second < CROWD_SECONDS; second++) {
      const atMs = beganAtMs + (minute * CROWD_SECONDS + second) * 1_000
      await post([...crowd(atMs, second), ...realRequests(atMs, kind === 'random')])
      await after(Math.max(0, startedAt + (second + 1) * secondMs - performance.now()))
    }
    return bytesMax
  }

  const calm = Array.from({ length: CALM_SECONDS }, (_, second) => [
    ...realRequests(beganAtMs - (CALM_SECONDS - second) * 1_000, false),
  ])
  await post(calm.flat())
  const ordinaryBytesMax = await postMinute('ordinary', 0)
  const floodBytesMax = await postMinute('random', 1)
  for (let second = 0; second < CROWD_SECONDS; second++) {
    await post([...realRequests(beganAtMs + (2 * CROWD_SECONDS + second) * 1_000, true)])
    await after(secondMs)
  }
  const isFound = await findRealRoute(address)
  return { ordinaryBytesMax, floodBytesMax, settledBytes: await settle(pid), requests, serverErrors, isFound }
}

async function settle(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (const endsAt = performance.now() + SETTLED_AFTER_MS; performance.now() < endsAt; await after(LOOK_EVERY_MS))
    least = Math.min(least, residentBytes(pid))
  return least
}

const incidentsSchema = z.object({
  items: z.array(z.object({ affected: z.array(z.object({ route: z.string().nullable() })) })),
})

async function findRealRoute(address: string): Promise<boolean> {
  for (const endsAt = performance.now() + FOUND_AFTER_MS_MAX; performance.now() < endsAt; await after(LOOK_EVERY_MS)) {
    const { items } = incidentsSchema.parse(await (await fetch(`${address}/api/v1/incidents`)).json())
    if (items.some(({ affected }) => affected.some(({ route }) => route === '/checkout'))) return true
  }
  return false
}
