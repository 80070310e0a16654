import type { ChangeKind } from '../../shared/domain/change.ts'
import { SECOND_MS } from './clock.ts'
import { chance, integer, pick, uniform } from './distributions.ts'
import type { Flavour } from './flavours.ts'
import { isRollout, type PlannedChange } from './planned-change.ts'
import type { Prng } from './prng.ts'
import type { VersionHistory } from './rollout.ts'

/** A change event as a delivery system would send it. */
export interface ChangeRecord {
  readonly id: string
  readonly ts: string
  readonly finished_at?: string
  readonly kind: ChangeKind
  readonly service?: string
  readonly env: 'prod'
  readonly version?: string
  readonly previous_version?: string
  readonly status: 'succeeded'
  readonly title: string
  readonly author: string
  readonly source: string
  readonly scope?: { readonly regions?: readonly string[]; readonly routes?: readonly string[] }
}

const AUTHORS = ['ana', 'ben', 'chloe', 'dmitri', 'eva', 'farid', 'grace', 'hugo', 'ines', 'jun']
const SOURCES: Readonly<Partial<Record<ChangeKind, string>>> = {
  deploy: 'argocd',
  rollback: 'argocd',
  feature_flag: 'launchdarkly',
  infra: 'terraform',
}
const TITLES: Readonly<Partial<Record<ChangeKind, readonly string[]>>> = {
  config: [
    'raise connection pool size',
    'new timeout for outgoing calls',
    'rotate credentials',
    'adjust cache lifetime',
  ],
  feature_flag: ['new-listing', 'fast-path', 'dark-mode', 'second-page', 'price-badge'],
  scale: ['replicas 4 to 6', 'replicas 8 to 6', 'larger instances'],
  infra: ['node pool upgrade', 'new load balancer rules', 'certificate renewal'],
}

/** What is on record of each planned change, in the same order. `histories` by service name. */
export function recordChanges(
  prng: Prng,
  flavour: Flavour,
  {
    changes,
    histories,
  }: { readonly changes: readonly PlannedChange[]; readonly histories: ReadonlyMap<string, VersionHistory> },
): ChangeRecord[] {
  const clockErrorMs = (): number => Math.round(uniform(prng, -flavour.clockErrorMs, flavour.clockErrorMs))
  return changes.map((change, index) => {
    const history = change.service === null ? undefined : histories.get(change.service)
    const rollout = history?.rollouts.find((candidate) => candidate.change === change)
    const tellsEnd = change.finishMs > change.startMs && chance(prng, 0.85)
    const scope = scopeOf(change)
    return {
      id: `chg-${String(index + 1).padStart(4, '0')}`,
      ts: isoTime(change.startMs + clockErrorMs()),
      ...(tellsEnd && { finished_at: isoTime(change.finishMs + clockErrorMs() + SECOND_MS) }),
      kind: change.kind,
      ...(change.service !== null && { service: change.service }),
      env: 'prod' as const,
      ...(rollout !== undefined && { version: rollout.to.version, previous_version: rollout.from.version }),
      status: 'succeeded' as const,
      title: titleOf(prng, change, rollout?.to.version),
      author: pick(prng, AUTHORS),
      source: SOURCES[change.kind] ?? 'api',
      ...(scope !== null && { scope }),
    }
  })
}

function scopeOf({ region, route }: PlannedChange): NonNullable<ChangeRecord['scope']> | null {
  if (region === null && route === null) return null
  return { ...(region !== null && { regions: [region] }), ...(route !== null && { routes: [route] }) }
}

function titleOf(prng: Prng, change: PlannedChange, version: string | undefined): string {
  if (isRollout(change)) return `${change.kind} ${change.service} ${version ?? ''}`.trim()
  const words = pick(prng, TITLES[change.kind] ?? ['change'])
  if (change.ends !== null) return `back to previous setting (#${integer(prng, 100, 999)})`
  return `${words} (#${integer(prng, 100, 999)})`
}

/** RFC 3339, UTC, milliseconds only where there are some. */
export function isoTime(atMs: number): string {
  return new Date(Math.round(atMs)).toISOString().replace('.000Z', 'Z')
}
