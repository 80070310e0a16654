const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)$/

/**
 * RFC 3339, or an epoch in seconds, milliseconds, microseconds or nanoseconds told apart by magnitude, as epoch
 * milliseconds. Undefined when it is neither: a time without a zone means a different instant on every machine.
 */
export function parseInstant(value: string | number): number | undefined {
  if (typeof value === 'number') return fromEpoch(value)
  const text = value.trim()
  if (/^\d{1,19}(?:\.\d{1,9})?$/.test(text)) return fromEpoch(Number(text))
  const match = RFC_3339.exec(text)
  if (match === null) return undefined
  const [, date = '', time, fraction = '', zone = ''] = match
  if (!isDay(date)) return undefined
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
  const seconds = time?.length === 5 ? `${time}:00` : time
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  const atMs = Date.parse(`${date}T${seconds}.${milliseconds}${offset}`)
  return Number.isNaN(atMs) ? undefined : atMs
}

/** Whether the calendar has it; `Date` takes 30 February for 2 March. */
function isDay(date: string): boolean {
  const atMs = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(date)
}

function fromEpoch(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined
  if (value < 1e11) return Math.round(value * 1e3)
  if (value < 1e14) return Math.round(value)
  if (value < 1e17) return Math.round(value / 1e3)
  return Math.round(value / 1e6)
}
