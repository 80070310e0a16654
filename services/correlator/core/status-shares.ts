import type { StatusShares } from './evidence-data.ts'

const MOSTLY = 0.6

/** Fails as a proxy in front of a broken service does: 502 and 504. */
export function isMostlyGateway(shares: StatusShares | undefined): boolean {
  return shares !== undefined && shares.gateway >= MOSTLY
}

/** Fails by itself: 500, or 503 when it is out of capacity. */
export function isMostlyOwn(shares: StatusShares | undefined): boolean {
  return shares !== undefined && shares.internal + shares.unavailable >= MOSTLY
}

/** Counts of 5xx by code as shares; undefined when there are none. */
export function toStatusShares(counts: {
  readonly errors: number
  readonly gateway: number
  readonly unavailable: number
}): StatusShares | undefined {
  if (counts.errors <= 0) return undefined
  const gateway = Math.min(counts.gateway / counts.errors, 1)
  const unavailable = Math.min(counts.unavailable / counts.errors, 1 - gateway)
  return { internal: 1 - gateway - unavailable, gateway, unavailable }
}
