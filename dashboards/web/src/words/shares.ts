/** Share of requests that failed, per step; a step without requests has none. */
export function shares({
  requests,
  errors,
}: {
  readonly requests: readonly number[]
  readonly errors: readonly number[]
}): (number | null)[] {
  return requests.map((count, step) => (count > 0 ? (errors[step] ?? 0) / count : null))
}
