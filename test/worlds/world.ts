import { type ChangeRecord, recordChanges } from './change-records.ts'
import { DAY_MS } from './clock.ts'
import { integer } from './distributions.ts'
import type { PlannedFault } from './faults.ts'
import type { Flavour } from './flavours.ts'
import { planChanges } from './plan-changes.ts'
import { planFaults } from './plan-faults.ts'
import { planGrayReleases } from './plan-gray-releases.ts'
import type { PlannedChange } from './planned-change.ts'
import { createPrng, type Prng } from './prng.ts'
import { planVersions, type VersionHistory } from './rollout.ts'
import { planServices, type ServiceSpec } from './services.ts'

/** Everything that is decided before the first request: the traffic is drawn from it. Times are epoch milliseconds. */
export interface World {
  readonly seed: number
  readonly flavour: Flavour
  readonly startMs: number
  readonly services: readonly ServiceSpec[]
  readonly faults: readonly PlannedFault[]
  readonly changes: readonly PlannedChange[]
  /** What is on record of each of `changes`, in the same order. */
  readonly records: readonly ChangeRecord[]
  /** By service name. */
  readonly histories: ReadonlyMap<string, VersionHistory>
}

const MONDAY_MS = Date.UTC(2026, 2, 2)

/** The same seed and flavour plan the same world, on any machine. */
export function planWorld(seed: number, flavour: Flavour): World {
  const prng = createPrng(`${flavour.name}/${seed}`)
  const startMs = MONDAY_MS + integer(prng, 0, 6) * DAY_MS
  const services = planServices(prng.fork('services'), flavour)
  const { faults, changes } = planEvents(prng, flavour, { services, worldStartMs: startMs })
  const histories = new Map(
    services.map((service) => [
      service.name,
      planVersions(prng.fork(`versions-${service.name}`), service, { changes, faults }),
    ]),
  )
  const records = recordChanges(prng.fork('records'), flavour, { changes, histories })
  return { seed, flavour, startMs, services, faults, changes, records, histories }
}

function planEvents(
  prng: Prng,
  flavour: Flavour,
  place: { readonly services: readonly ServiceSpec[]; readonly worldStartMs: number },
): Pick<World, 'faults' | 'changes'> {
  if (flavour.grayReleases > 0) return planGrayReleases(prng.fork('releases'), flavour, place)
  const faults = planFaults(prng.fork('faults'), flavour, place)
  return { faults, changes: planChanges(prng.fork('changes'), { flavour, faults, ...place }) }
}
