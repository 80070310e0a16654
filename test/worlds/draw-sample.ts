import { type AccessLine, formatVhostCombined } from './access-line.ts'
import { SECOND_MS } from './clock.ts'
import { chance, integer, pickWeighted, poisson } from './distributions.ts'
import { createPrng, type Prng } from './prng.ts'
import {
  SAMPLE_ERRORS,
  SAMPLE_FAULT,
  SAMPLE_SECONDS,
  SAMPLE_SERVICES,
  SAMPLE_START_MS,
  type SampleRoute,
  type SampleService,
} from './sample-story.ts'
import { createVisitors, type Visitor } from './sample-visitors.ts'

/** The access log of the sample, always the same. */
export function drawSample(): string {
  const prng = createPrng('sample')
  const nextVisitor = createVisitors(prng.fork('visitors'))
  const lines: string[] = []
  for (let second = 0; second < SAMPLE_SECONDS; second++) {
    const atMs = SAMPLE_START_MS + second * SECOND_MS
    for (const service of SAMPLE_SERVICES)
      for (let i = poisson(prng, service.requestsPerSecond); i > 0; i--)
        lines.push(formatVhostCombined(drawRequest(prng, { service, atMs, visitor: nextVisitor() })))
  }
  return lines.join('')
}

function drawRequest(
  prng: Prng,
  { service, atMs, visitor }: { readonly service: SampleService; readonly atMs: number; readonly visitor: Visitor },
): AccessLine {
  const route = pickWeighted(
    prng,
    service.routes.map((item) => ({ item, weight: item.share })),
  )
  const status = drawStatus(prng, { service, route, atMs })
  return {
    virtualHost: `${service.name}:443`,
    client: visitor.address,
    atMs,
    method: route.method,
    path: route.path.replace('#', () => String(integer(prng, 1, route.ids ?? 1))),
    status,
    bytes: status >= 500 ? 183 : route.bytes * integer(prng, 1, 4),
    userAgent: visitor.userAgent,
  }
}

function drawStatus(
  prng: Prng,
  { service, route, atMs }: { readonly service: SampleService; readonly route: SampleRoute; readonly atMs: number },
): number {
  const { startMs, fullMs, recoveringMs, endMs } = SAMPLE_FAULT
  if (service.name === SAMPLE_FAULT.service && route.path === SAMPLE_FAULT.path && atMs >= startMs && atMs < endMs) {
    const rising = Math.min((atMs - startMs + 15_000) / (fullMs - startMs), 1)
    const falling = Math.min((endMs - atMs) / (endMs - recoveringMs), 1)
    if (chance(prng, SAMPLE_FAULT.share * rising * falling)) return chance(prng, 0.99) ? 500 : 502
  }
  if (chance(prng, service.errorRate)) return pickWeighted(prng, SAMPLE_ERRORS)
  return chance(prng, 0.015) && route.method === 'GET' ? 404 : route.status
}
