import type { ChangeRecord } from '../../worlds/change-records.ts'
import type { Alert } from './alert.ts'

const LOOKBACK_MS = 30 * 60_000

/** What most tools blame: the newest change of the same service that began in the half hour before the alert rang; null if none did. */
export function latestChange(
  alert: Pick<Alert, 'service' | 'detectedMs'>,
  changes: readonly ChangeRecord[],
): string | null {
  const candidates = changes
    .map(({ id, service, ts }) => ({ id, service, atMs: Date.parse(ts) }))
    .filter(
      ({ service, atMs }) =>
        service === alert.service && atMs <= alert.detectedMs && atMs > alert.detectedMs - LOOKBACK_MS,
    )
    .toSorted((a, b) => b.atMs - a.atMs)
  return candidates[0]?.id ?? null
}
