import { expect, test } from 'vitest'
import { defaultDetector, evenly, ROUTE, run, type Traffic } from './simulate.ts'

const MINUTE = 6
const HOUR = 360
const DAY = 24 * HOUR
/** When the nightly job begins, and how long it takes. */
const JOB_AT = 2 * HOUR
const JOB_CELLS = 20 * MINUTE

/** Days on which the service, or one of its routes, was told of, and at which hour of the day that began; days from 0. */
function toldOf(nights: number, during: (night: number) => { rate: number; cells: number; lateBy: number }): string[] {
  const detector = defaultDetector()
  // All of a minute at once: as good, and quicker.
  const each =
    (rate: number): Traffic =>
    (cell) =>
      cell % MINUTE === 0 ? evenly(600, rate)(cell / MINUTE) : [0, 0]
  const calm = each(0.001)
  const traffic: Traffic = (cell) => {
    const night = Math.floor(cell / DAY)
    const { rate, cells, lateBy } = during(night)
    const since = (cell % DAY) - JOB_AT - lateBy
    return night > 0 && since >= 0 && since < cells ? each(rate)(cell) : calm(cell)
  }
  run(detector, traffic, [0, nights * DAY + 12 * HOUR])
  const told = detector.spikes().map(({ onsetAtMs }) => {
    const cell = onsetAtMs / 10_000
    return `${Math.floor(cell / DAY)} ${Math.floor((cell % DAY) / HOUR)}:00`
  })
  return [...new Set(told)]
}

const job = { rate: 0.1, cells: JOB_CELLS, lateBy: 0 }

test('what fails at the same hour each night is told twice, and then no more', () => {
  expect(toldOf(5, (night) => ({ ...job, lateBy: (night % 2) * 5 * MINUTE }))).toEqual(['1 2:00', '2 2:00'])
})

test('a night that is worse, or does not end, is told', () => {
  expect(toldOf(3, (night) => (night < 3 ? job : { ...job, rate: 0.4 }))).toEqual(['1 2:00', '2 2:00', '3 2:00'])
  expect(toldOf(3, (night) => (night < 3 ? job : { ...job, cells: 3 * HOUR }))).toEqual(['1 2:00', '2 2:00', '3 2:00'])
})

test('what fails at another hour is told', () => {
  expect(toldOf(3, (night) => (night < 3 ? job : { ...job, lateBy: 5 * HOUR }))).toEqual(['1 2:00', '2 2:00', '3 7:00'])
})

test('a route that worked and now fails is told, though its service fails a little at this hour each night', () => {
  const detector = defaultDetector()
  const busy = { ...ROUTE, route: '/report' }
  const small = { ...ROUTE, route: '/pay' }
  for (let cell = 0; cell < 3 * DAY + 4 * HOUR; cell += MINUTE) {
    const night = Math.floor(cell / DAY)
    const isJob = night > 0 && cell % DAY >= JOB_AT && cell % DAY < JOB_AT + JOB_CELLS
    const draw = (requests: number, rate: number) => evenly(requests, rate)(cell / MINUTE)
    const counts = [
      { key: busy, drawn: draw(600, isJob ? 0.1 : 0.001) },
      { key: small, drawn: draw(30, isJob && night === 3 ? 0.9 : 0.001) },
    ]
    detector.advance(
      cell,
      counts.map(({ key, drawn: [requests, errors] }) => ({ series: detector.watch(key, cell), requests, errors })),
    )
  }
  const told = detector.spikes().map(({ route, onsetAtMs }) => `${Math.floor(onsetAtMs / 10_000 / DAY)} ${route}`)
  expect(told).toContain('3 /pay')
  expect(told).not.toContain('3 /report')
})
