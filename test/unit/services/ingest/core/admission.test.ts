import { expect, test } from 'vitest'
import { type Admission, type BlockNames, createAdmission } from '../../../../../services/ingest/core/admission.ts'

const LIMITS = { maxServices: 1_000, maxRoutesPerService: 500 }

type Traffic = readonly (readonly [service: string, route: string, requests: number])[]

/** A block as the parser makes it: code 0 of both dictionaries is the empty text. */
function block(traffic: Traffic): BlockNames {
  const services = ['', ...new Set(traffic.map(([service]) => service))]
  const codes = new Map(services.map((service, code) => [service, code]))
  return {
    service: { values: services },
    route: {
      size: traffic.length + 1,
      nameOf: (code) => traffic[code - 1]?.[1] ?? '',
      services: [0, ...traffic.map(([service]) => codes.get(service) ?? 0)],
      requests: [0, ...traffic.map(([, , requests]) => requests)],
    },
  }
}

/** What each request of the block is counted under. */
function admit(admission: Admission, traffic: Traffic): string[] {
  const names = block(traffic)
  const overflow = admission.admit(names)
  const services = new Set(overflow.services)
  const routes = new Set(overflow.routes)
  return traffic.map((_, index) => {
    const service = names.route.services[index + 1] ?? 0
    const serviceName = services.has(service) ? '__other__' : names.service.values[service]
    const routeName = routes.has(index + 1) ? '__other__' : names.route.nameOf(index + 1)
    return `${serviceName} ${routeName}`
  })
}

/** `count` paths that come once each, in blocks of 10,000. */
function flood(admission: Admission, count: number, also: Traffic = []): string[] {
  const admitted: string[] = []
  for (let from = 0; from < count; from += 10_000) {
    const paths = Array.from(
      { length: Math.min(10_000, count - from) },
      (_, index) => ['web', `/x${from + index}`, 1] as const,
    )
    admitted.push(...admit(admission, [...paths, ...also]))
  }
  return admitted
}

test('keeps every name while there is room', () => {
  const admission = createAdmission(LIMITS)
  expect(
    admit(admission, [
      ['web', '/', 5],
      ['web', '/cart', 1],
      ['api', '/', 2],
    ]),
  ).toEqual(['web /', 'web /cart', 'api /'])
})

test('counts at most the allowed routes of a service apart, and the rest under __other__ of that service', () => {
  const names = new Set(flood(createAdmission(LIMITS), 50_000))
  expect(names.size).toBeLessThanOrEqual(LIMITS.maxRoutesPerService + 1)
  expect(names).toContain('web __other__')
})

test('still tells a real route apart that comes after 200,000 random paths', () => {
  const admission = createAdmission(LIMITS)
  flood(admission, 200_000)
  expect(admit(admission, [['web', '/checkout', 40]])).toEqual(['web /checkout'])
})

test('finds a real route within a flood of random paths, by traffic gathered over blocks', () => {
  const admission = createAdmission(LIMITS)
  flood(admission, 20_000)
  const admitted = flood(admission, 100_000, [['web', '/checkout', 5]]).filter((name) => !name.startsWith('web /x'))
  expect(admitted.at(-1)).toBe('web /checkout')
})

test('a flood on one service takes no room from another', () => {
  const admission = createAdmission(LIMITS)
  flood(admission, 50_000)
  const routes = Array.from({ length: 250 }, (_, index) => ['api', `/r${index}`, 1] as const)
  expect(admit(admission, routes)).not.toContain('api __other__')
})

test('never fills a list beyond its limit, however much traffic each name has', () => {
  const admission = createAdmission(LIMITS)
  const busy = Array.from({ length: 2_000 }, (_, index) => ['web', `/r${index}`, 100_000] as const)
  const names = new Set(admit(admission, busy))
  expect(names.size).toBe(LIMITS.maxRoutesPerService + 1)
})

test('a list of junk paths that is asked for again and again leaves room for a busy route', () => {
  const admission = createAdmission(LIMITS)
  const junk = Array.from({ length: 5_000 }, (_, index) => ['web', `/junk${index}`, 1] as const)
  for (let scan = 0; scan < 100; scan++) admit(admission, junk)
  expect(admit(admission, [['web', '/checkout', 500]])).toEqual(['web /checkout'])
})

test('an admitted name keeps its place for good', () => {
  const admission = createAdmission(LIMITS)
  admit(admission, [['web', '/rare', 1]])
  flood(admission, 50_000)
  expect(admit(admission, [['web', '/rare', 1]])).toEqual(['web /rare'])
})

test('counts at most the allowed services apart; the rest share one list of routes', () => {
  const admission = createAdmission({ maxServices: 4, maxRoutesPerService: 4 })
  const hosts = Array.from({ length: 1_000 }, (_, index) => [`host${index}`, `/r${index}`, 1] as const)
  const names = new Set(admit(admission, hosts))
  expect([...names]).toEqual(['host0 /r0', 'host1 /r1', '__other__ /r2', '__other__ /r3', '__other__ __other__'])
})

test('a real service is told apart after a flood of host names', () => {
  const admission = createAdmission({ maxServices: 4, maxRoutesPerService: 4 })
  admit(
    admission,
    Array.from({ length: 50_000 }, (_, index) => [`host${index}`, '/', 1] as const),
  )
  expect(admit(admission, [['shop', '/', 100]])).toEqual(['shop /'])
})

test('gives the same names to the same log', () => {
  const run = () => flood(createAdmission(LIMITS), 30_000, [['web', '/checkout', 3]])
  expect(run()).toEqual(run())
})
