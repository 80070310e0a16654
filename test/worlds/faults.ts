import { CELL_MS } from '../../shared/domain/cell.ts'
import type { StatusWeights } from './services.ts'

export const FAULT_KINDS = [
  'bad_deploy',
  'bad_deploy_route',
  'bad_config',
  'bad_flag',
  'slow_burn',
  'cascade',
  'third_party',
  'surge',
  'bad_client',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** What a fault does to one service. Times are epoch milliseconds, `added` the share of requests it fails at full strength. */
export interface Effect {
  readonly fault: number
  readonly service: string
  readonly startMs: number
  readonly endMs: number
  /** Rises in a straight line to full strength. */
  readonly rampMs: number
  readonly added: number
  /** Null: all of them. */
  readonly routes: readonly string[] | null
  readonly region: string | null
  readonly statuses: StatusWeights
  /** Traffic at full strength over the normal one; of a `client`: that client's requests over all normal ones of its routes. */
  readonly load: number
  /** The one who causes it; only that address sees its errors. */
  readonly client: string | null
  /** The service whose builds carry the fault: it hurts only their traffic, and callers in proportion. Null: no build does. */
  readonly carrier: string | null
}

export interface PlannedFault {
  readonly kind: FaultKind
  /** What breaks first, and below it the callers that show it. */
  readonly root: Effect
  readonly victims: readonly Effect[]
}

/** Which causes the contract would call right for a kind. */
export function causeOf(kind: FaultKind): 'change' | 'upstream' | 'load' | 'client' {
  if (kind === 'third_party') return 'upstream'
  if (kind === 'surge') return 'load'
  if (kind === 'bad_client') return 'client'
  return 'change'
}

/** Strength of an effect over one cell, 0–1: the part of the cell that it lasts, times how far it has risen. */
export function strengthIn(effect: Effect, cellStartMs: number): number {
  const fromMs = Math.max(cellStartMs, effect.startMs)
  const toMs = Math.min(cellStartMs + CELL_MS, effect.endMs)
  if (toMs <= fromMs) return 0
  const risen = effect.rampMs === 0 ? 1 : Math.min(((fromMs + toMs) / 2 - effect.startMs) / effect.rampMs, 1)
  return (risen * (toMs - fromMs)) / CELL_MS
}

/** Whether requests of this route and region can be hurt. */
export function isHurt(effect: Effect, route: string, region: string | null): boolean {
  return (
    (effect.routes === null || effect.routes.includes(route)) && (effect.region === null || effect.region === region)
  )
}
