/** A service whose requests stay away, while they do. Cells are numbered from the epoch. */
export interface OpenDrop {
  readonly id: string
  readonly openedCell: number
  readonly onsetCell: number
  /** Requests a cell that were normal when it opened; they do not move while it lasts. */
  readonly expected: number
  readonly evidence: number
  /** Error rate that was normal before, 0–1. */
  readonly baselineRate: number
  /** From the onset on. */
  requests: number
  errors: number
  others: OtherServices
  updatedCell: number
  resolvedCell: number | undefined
  chronic: boolean
}

/** Of the same environment: those that are known, and those of them that had requests of late. */
export interface OtherServices {
  readonly known: number
  readonly sending: number
}
