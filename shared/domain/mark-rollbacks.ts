import type { Change } from './change.ts'

/**
 * Deploys of a version that the same source had deployed to the same place before another one, as the rollbacks from that
 * other one that they are. Sources call versions differently: only what one of them said is compared. Redeploying what runs
 * is no rollback. Takes the time of sorting.
 */
export function markRollbacks(changes: readonly Change[]): readonly Change[] {
  const seen = new Map<string, { readonly versions: Set<string>; last: string }>()
  const rollbacks = new Map<string, string>()
  for (const change of changes.filter(isDeploy).toSorted(byStart)) {
    const { version } = change
    const place = JSON.stringify([change.source, change.env, change.service])
    const history = seen.get(place)
    if (history === undefined) {
      seen.set(place, { versions: new Set([version]), last: version })
      continue
    }
    if (change.kind === 'deploy' && version !== history.last && history.versions.has(version))
      rollbacks.set(change.id, history.last)
    history.versions.add(version)
    history.last = version
  }
  return changes.map((change) => {
    const from = rollbacks.get(change.id)
    return from === undefined
      ? change
      : { ...change, kind: 'rollback', previousVersion: change.previousVersion ?? from }
  })
}

function isDeploy(change: Change): change is Change & { readonly version: string } {
  return (
    (change.kind === 'deploy' || change.kind === 'rollback') &&
    change.version !== undefined &&
    change.status !== 'cancelled'
  )
}

function byStart(a: Change, b: Change): number {
  return a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1)
}
