import type { Prng } from '../worlds/prng.ts'

const SERVICES = 12
const ROUTES = 30

/** One request at `ts` as a canonical event: of a dozen services, the first ones busiest, all healthy. */
export function drawEventLine(prng: Prng, ts: string): string {
  const pick = (count: number) => Math.floor(prng.next() ** 2 * count)
  const [service, route, id] = [pick(SERVICES), pick(ROUTES), pick(100_000)]
  const status = prng.next() < 0.002 ? 500 : 200
  return `{"ts":"${ts}","service":"service-${service}","env":"prod","method":"GET","path":"/r${route}/${id}","route":"/r${route}/{id}","status":${status},"duration_ms":${10 + pick(500)},"bytes":${pick(50_000)},"host":"host-${pick(20)}","client":"10.0.${pick(200)}.0"}\n`
}
