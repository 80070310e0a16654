import { expect, test } from 'vitest'
import { flavourNamed } from '../../worlds/flavours.ts'
import { createPrng } from '../../worlds/prng.ts'
import { planServices, type ServiceSpec } from '../../worlds/services.ts'
import { createVisitCalendar, planVisits } from '../../worlds/visits.ts'

const flavour = flavourNamed('crowded')
const startMs = Date.UTC(2026, 2, 2)

function services(): ServiceSpec[] {
  return planServices(createPrng('visited'), flavour)
}

test('most bots come at night', () => {
  const quiet = { ...flavour, failingJobShare: 0 }
  const visits = services().flatMap((service, i) => planVisits(createPrng(`bots-${i}`), quiet, { service, startMs }))
  const hours = visits.map(({ fromCell }) => (fromCell / 360) % 24)
  expect(visits.length).toBeGreaterThan(30)
  expect(hours.filter((hour) => hour < 5).length / hours.length).toBeGreaterThan(0.5)
})

test('a failing job runs at even distances until the end', () => {
  const jobs = services()
    .map((service, i) =>
      planVisits(createPrng(`jobs-${i}`), { ...flavour, botVisitsPerServiceDay: 0 }, { service, startMs }),
    )
    .filter((visits) => visits.length > 0)
  expect(jobs.length).toBeGreaterThan(1)
  for (const visits of jobs) {
    const gaps = new Set(visits.slice(1).map(({ fromCell }, i) => fromCell - (visits[i]?.fromCell ?? 0)))
    expect([...gaps]).toHaveLength(1)
    expect([30, 60, 90, 180, 360]).toContain([...gaps][0])
  }
})

test('a calendar tells the visits of each cell', () => {
  const [service] = services()
  const route = service?.routes[0]
  if (route === undefined) throw new Error('no route planned')
  const visit = (fromCell: number, cells: number) => ({ fromCell, cells, route, requestsPerCell: 1, statuses: [] })
  const visitsIn = createVisitCalendar([visit(1, 3), visit(2, 1), visit(5, 1)])
  expect([0, 1, 2, 3, 4, 5, 6].map((cell) => visitsIn(cell).length)).toEqual([0, 1, 2, 1, 0, 1, 0])
})
