import { MINUTE_MS, SECOND_MS } from './clock.ts'
import { integer, shuffle, uniform } from './distributions.ts'
import type { Effect, PlannedFault } from './faults.ts'
import type { Flavour } from './flavours.ts'
import { WHOLE } from './plan-changes.ts'
import type { PlannedChange } from './planned-change.ts'
import type { Prng } from './prng.ts'
import type { ServiceSpec } from './services.ts'

const FIRST_AFTER_MS = 15 * MINUTE_MS

/**
 * Releases that overlap, of as many services, soon after the log begins: each on one pod of five first. One of them fails
 * from there on, for as long as an hour.
 */
export function planGrayReleases(
  prng: Prng,
  flavour: Flavour,
  { services, worldStartMs }: { readonly services: readonly ServiceSpec[]; readonly worldStartMs: number },
): { faults: PlannedFault[]; changes: PlannedChange[] } {
  const released = shuffle(prng, services).slice(0, flavour.grayReleases)
  const bad = integer(prng, 0, released.length - 1)
  let startMs = worldStartMs + FIRST_AFTER_MS
  const changes = released.map(({ name }, i): PlannedChange => {
    const lengthMs = Math.round(uniform(prng, 900, 1_500)) * SECOND_MS
    const planned = { ...WHOLE, kind: 'deploy' as const, service: name, startMs, finishMs: startMs + lengthMs }
    startMs += Math.round(uniform(prng, 90, 300)) * SECOND_MS
    return { ...planned, causes: i === bad ? 0 : null, isGray: true }
  })
  const guilty = changes[bad]
  return {
    faults: guilty === undefined ? [] : [{ kind: 'bad_deploy', root: planRoot(prng, guilty), victims: [] }],
    changes,
  }
}

function planRoot(prng: Prng, guilty: PlannedChange): Effect {
  const service = guilty.service ?? ''
  const startMs = guilty.startMs + Math.round(uniform(prng, 0, 30)) * SECOND_MS
  const main = uniform(prng, 0.8, 0.98)
  return {
    ...{ fault: 0, service, startMs, endMs: startMs + Math.round(uniform(prng, 30, 60)) * MINUTE_MS },
    ...{ rampMs: 0, added: uniform(prng, 0.15, 0.6), routes: null, region: null, load: 1, client: null },
    statuses: [
      { item: 500, weight: main },
      { item: 503, weight: 1 - main },
    ],
    carrier: service,
  }
}
