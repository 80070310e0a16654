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

/** How long the traffic and the error rate remember where they were, in cells: 10 minutes and 2 hours. */
export const TRAFFIC_MEMORY_CELLS = 60
export const ERROR_MEMORY_CELLS = 720

/** Slow wandering around an expectation, one factor a cell, mean 1. `deviation` is that of its logarithm. */
export function createWobble(prng: Prng, deviation: number, memoryCells: number): () => number {
  if (deviation === 0) return () => 1
  const keep = Math.exp(-1 / memoryCells)
  const fresh = deviation * Math.sqrt(1 - keep * keep)
  let logFactor = deviation * normal(prng)
  return () => {
    logFactor = keep * logFactor + fresh * normal(prng)
    return Math.exp(logFactor - (deviation * deviation) / 2)
  }
}

/**
 * What the error rate of a cell is multiplied with: mean 1, a draw that holds for one to twice `burstCells` cells. Binomial
 * counts on top of a beta draw are beta-binomial with correlation `burstiness`.
 */
export function createBursts(prng: Prng, service: ServiceSpec, shape: Flavour['burstShape']): () => number {
  if (service.burstiness === 0) return () => 1
  const drawFactor = shape === 'beta' ? createBetaFactor(prng, service) : createLogNormalFactor(prng, service)
  const longest = Math.round(2 * service.burstCells) - 1
  let factor = 1
  let cellsLeft = 0
  return () => {
    if (cellsLeft === 0) {
      factor = drawFactor()
      cellsLeft = integer(prng, 1, longest)
    }
    cellsLeft--
    return factor
  }
}

function createBetaFactor(prng: Prng, { burstiness, errorRate }: ServiceSpec): () => number {
  const concentration = 1 / burstiness - 1
  const shape = { a: errorRate * concentration, b: (1 - errorRate) * concentration }
  return () => beta(prng, shape) / errorRate
}

/** Of the variance that the beta draw would have. */
function createLogNormalFactor(prng: Prng, { burstiness, errorRate }: ServiceSpec): () => number {
  const deviation = Math.sqrt(Math.log1p((burstiness * (1 - errorRate)) / errorRate))
  return () => Math.exp(deviation * normal(prng) - (deviation * deviation) / 2)
}
