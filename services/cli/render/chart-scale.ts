/** Round numbers for axes. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const TIME_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY_MS),
]

/** Ticks from zero to the first round share at or above `peak` (0–1), about four of them. */
export function shareTicks(peak: number): number[] {
  const rough = Math.max(peak, 0.0001) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10)
  const ticks = Math.ceil((peak / step) * 0.999)
  return Array.from({ length: Math.max(1, ticks) + 1 }, (_, index) => Math.min(1, index * step))
}

/** At most `most` round times in `[fromMs, toMs]`. */
export function timeTicks(fromMs: number, toMs: number, most: number): number[] {
  const stepMs = TIME_STEPS_MS.find((step) => (toMs - fromMs) / step <= most) ?? (toMs - fromMs) / most
  const ticks: number[] = []
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= toMs; atMs += stepMs) ticks.push(atMs)
  return ticks
}
