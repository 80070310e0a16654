import type { Share } from '../../../shared/bus/bus.ts'

/** Which services one detector watches: those of its share of the parts, and of these some, or all but some. */
export interface Part extends Share {
  readonly services?: ServiceChoice
}

export interface ServiceChoice {
  /** Empty: all. */
  readonly only: readonly string[]
  readonly but: readonly string[]
}

/** All services, as the one detector there is watches them. */
export const ALL: Part = { owned: [0], of: 1 }

/** The condition on `service`, and what it needs to be told. */
export const OF_PART = `has({owned:Array(UInt32)}, sipHash64(service) % {of:UInt32})
       AND (empty({only:Array(String)}) OR has({only:Array(String)}, service)) AND NOT has({but:Array(String)}, service)`

export function partParameters({ owned, of, services = { only: [], but: [] } }: Part) {
  return { owned, of, ...services }
}
