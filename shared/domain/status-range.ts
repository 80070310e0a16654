/** HTTP statuses from one to another, both included. */
export interface StatusRange {
  readonly from: number
  readonly to: number
}

export const SERVER_ERRORS: StatusRange = { from: 500, to: 599 }

/** What a change can do to clients that did nothing wrong: they are refused (401–403), not found (404) or limited (429). */
export const CLIENT_ERRORS: readonly StatusRange[] = [
  { from: 401, to: 403 },
  { from: 404, to: 404 },
  { from: 429, to: 429 },
]

/** Whether errors are those of clients. */
export function areOfClients({ from }: StatusRange): boolean {
  return CLIENT_ERRORS.some((range) => range.from === from)
}

/** What an incident counted as errors, by the statuses that it tells of. */
export function countedAsErrors(statuses: Readonly<Record<string, number>>): StatusRange {
  const [first] = Object.keys(statuses)
  return CLIENT_ERRORS.find((range) => first !== undefined && isWithin(range, Number(first))) ?? SERVER_ERRORS
}

export function isWithin({ from, to }: StatusRange, status: number): boolean {
  return status >= from && status <= to
}
