import { chance, integer, pick } from './distributions.ts'
import type { Prng } from './prng.ts'

export interface Visitor {
  readonly address: string
  readonly userAgent: string
}

const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'ShopApp/7.4 (Android 15)',
]
const VISITORS_AT_ONCE = 12

/** Who asks next: some people are at the shop at any time, each for a dozen requests or so. */
export function createVisitors(prng: Prng): () => Visitor {
  const arrive = (): Visitor => ({
    address: `${pick(prng, ['192.0.2', '198.51.100', '203.0.113'])}.${integer(prng, 1, 254)}`,
    userAgent: pick(prng, USER_AGENTS),
  })
  let present = Array.from({ length: VISITORS_AT_ONCE }, arrive)
  return () => {
    if (chance(prng, 1 / 12)) present = [...present.slice(1), arrive()]
    return pick(prng, present)
  }
}
