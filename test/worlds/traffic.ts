import { DAY_MS, HOUR_MS } from './clock.ts'
import { beta, integer, normal } from './distributions.ts'
import type { Flavour } from './flavours.ts'
import type { Prng } from './prng.ts'
import type { ServiceSpec } from './services.ts'

/** Requests per second to be expected at a time, without chance: daily cycle and weekend. */
export function expectedRate(service: ServiceSpec, flavour: Flavour, atMs: number): number {
  const phase = (2 * Math.PI * (atMs / HOUR_MS - service.peakHour)) / 24
  const day = 1 + service.dayAmplitude * (Math.cos(phase) + 0.25 * Math.cos(2 * phase + 1))
  const weekday = new Date(atMs).getUTCDay()
  const week = weekday === 0 || weekday === 6 ? flavour.weekendTraffic : 1
  return service.requestsPerSecond * Math.max(day, 0.15) * week
}

/** The service's normal error rate at a time: flat, or highest an hour after the traffic's peak. */
export function expectedErrorRate(service: ServiceSpec, flavour: Flavour, atMs: number): number {
  const phase = (2 * Math.PI * ((atMs % DAY_MS) / HOUR_MS - service.peakHour - 1)) / 24
  return service.errorRate * (1 + flavour.errorSeason * Math.cos(phase))
}

const WOBBLE_CELLS = 60

/** Slow wandering of the traffic around its expectation, one factor a cell; mean about 1. */
export function createWobble(prng: Prng, deviation: number): () => number {
  const keep = Math.exp(-1 / WOBBLE_CELLS)
  const fresh = deviation * Math.sqrt(1 - keep * keep)
  let logFactor = deviation * normal(prng)
  return () => {
    logFactor = keep * logFactor + fresh * normal(prng)
    return Math.exp(logFactor - (deviation * deviation) / 2)
  }
}

/**
 * What the error rate of a cell is multiplied with: mean 1, a beta draw that holds for one to twice `burstCells` cells.
 * Binomial counts on top of it are beta-binomial with correlation `burstiness`.
 */
export function createBursts(prng: Prng, service: ServiceSpec): () => number {
  if (service.burstiness === 0) return () => 1
  const concentration = 1 / service.burstiness - 1
  const shape = { a: service.errorRate * concentration, b: (1 - service.errorRate) * concentration }
  const longest = Math.round(2 * service.burstCells) - 1
  let factor = 1
  let cellsLeft = 0
  return () => {
    if (cellsLeft === 0) {
      factor = beta(prng, shape) / service.errorRate
      cellsLeft = integer(prng, 1, longest)
    }
    cellsLeft--
    return factor
  }
}
