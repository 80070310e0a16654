import { createHmac } from 'node:crypto'
import type { Privacy } from '../core/privacy.ts'

/** 64 bits: no two of a log's clients meet by chance. */
const HASH_DIGITS = 16

/**
 * What stands for a client's address when it is hashed: the same for the same key, and without the key nobody can try all
 * addresses, which are few. HMAC-SHA-256. Undefined when addresses are not to be hashed.
 */
export function clientHash(privacy: Privacy | undefined): ((address: string) => string) | undefined {
  const clientKey = privacy?.client === 'hashed' ? privacy.clientKey : undefined
  if (clientKey === undefined) return undefined
  return (address) => createHmac('sha256', clientKey).update(address).digest('hex').slice(0, HASH_DIGITS)
}
