// In: which versions the log named of late. Out: of services whose log names one that was not there at the last look, all
// that is known of their versions, so that deploys that nobody reported can be told of. Looks are idempotent: one that
// failed is made up for by the next.
import { SERVER_ERRORS } from '../../shared/domain/status-range.ts'
import type { SightedVersion, VersionSpan, VersionsRequest } from './core/evidence-data.ts'
import type { SightedVersions } from './core/infer-deploys.ts'

export interface VersionWatchDeps {
  readonly readSightedVersions: (sinceMs: number) => Promise<readonly SightedVersion[]>
  readonly readVersions: (request: VersionsRequest) => Promise<readonly VersionSpan[]>
  readonly takeVersions: (sighted: SightedVersions) => Promise<void>
  readonly nowMs: () => number
}

/** How far back the first look goes: what was not watched for longer is history. */
const FIRST_LOOK_MS = 2 * 3_600_000
/** Room for late lines and for looks that failed. */
const LOOK_MS = 15 * 60_000
const HISTORY_MS = 7 * 24 * 3_600_000

/** To be asked every so often, one look at a time; rejects with the OperationError of the store. */
export function createVersionWatch(deps: VersionWatchDeps): () => Promise<void> {
  let known: ReadonlySet<string> | undefined
  return async () => {
    const nowMs = deps.nowMs()
    const fromMs = nowMs - (known === undefined ? FIRST_LOOK_MS : LOOK_MS)
    const sighted = await deps.readSightedVersions(fromMs)
    const unseen = sighted.filter((one) => one.version !== '' && known?.has(keyOf(one)) !== true)
    const range = { fromMs: nowMs - HISTORY_MS, toMs: nowMs }
    for (const { env, service } of distinctServices(unseen)) {
      const services = [service]
      const spans = await deps.readVersions({
        env,
        services,
        range,
        exactFromMs: fromMs,
        countedToMs: nowMs,
        errors: SERVER_ERRORS,
      })
      const isAlone = sighted.every((one) => one.env !== env || one.service === service)
      await deps.takeVersions({ env, service, spans, fromMs, toMs: nowMs, isAlone })
    }
    known = new Set(sighted.map(keyOf))
  }
}

function keyOf({ env, service, version }: SightedVersion): string {
  return JSON.stringify([env, service, version])
}

function distinctServices(sighted: readonly SightedVersion[]): readonly Pick<SightedVersion, 'env' | 'service'>[] {
  return [...new Map(sighted.map(({ env, service }) => [JSON.stringify([env, service]), { env, service }])).values()]
}
