/** Numbers, times and probabilities as people say them. Times are UTC. */

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** A share from 0 to 1, e.g. `8.1 %`, `0.02 %`, `42 %`. Only a true zero is `0 %`, only a true one `100 %`. */
export function percent(share: number): string {
  const value = share * 100
  if (value === 0) return '0 %'
  if (value < 0.01) return 'under 0.01 %'
  if (value < 0.095) return `${value.toFixed(2)} %`
  if (value < 9.95) return `${value.toFixed(1)} %`
  if (value >= 99.5 && value < 100) return 'over 99 %'
  return `${value.toFixed(0)} %`
}

/** The probability of a cause, e.g. `94 %`, `<1 %`, `>99 %`: a posterior is never exactly none or all. */
export function probabilityPercent(probability: number): string {
  if (probability < 0.01) return '<1 %'
  if (probability >= 0.995) return '>99 %'
  const rounded = Math.round(probability * 100)
  // Never 99 % beside "very likely": the number stays below what the next word means.
  const isBelow = probabilityWord(rounded / 100) === probabilityWord(probability)
  return `${isBelow ? rounded : rounded - 1} %`
}

export function probabilityWord(probability: number): string {
  if (probability >= 0.99) return 'certain'
  if (probability >= 0.9) return 'very likely'
  if (probability >= 0.7) return 'likely'
  if (probability >= 0.5) return 'perhaps'
  return 'possible'
}

/** Exact, e.g. `2,000,000`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Two or three digits, e.g. `9,014`, `1.2 M`. */
export function roughCount(value: number): string {
  if (value >= 999_500) return `${trimZero((value / 1_000_000).toFixed(value < 99_500_000 ? 1 : 0))} M`
  if (value >= 99_950) return `${Math.round(value / 1_000)} k`
  return count(value)
}

/** `1 line`, `2 lines`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}s`}`
}

/** A length of time in its largest fitting units, e.g. `20 s`, `16 min`, `1 h 20 min`, `36 h`, `3 days`. */
export function duration(lengthMs: number): string {
  const ms = Math.max(0, lengthMs)
  if (ms < SECOND_MS) return 'under 1 s'
  if (ms < 119.5 * SECOND_MS) return `${Math.round(ms / SECOND_MS)} s`
  const minutes = Math.round(ms / MINUTE_MS)
  if (minutes < 100) return `${minutes} min`
  if (minutes < 600 && minutes % 60 !== 0) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const hours = Math.round(ms / HOUR_MS)
  if (hours <= 48) return `${hours} h`
  return `${trimZero((ms / DAY_MS).toFixed(ms < 10 * DAY_MS ? 1 : 0))} days`
}

/** To two digits, e.g. `180 ms`, `1.4 s`. */
export function roughLength(lengthMs: number): string {
  return lengthMs >= 995
    ? `${Number((lengthMs / SECOND_MS).toPrecision(2))} s`
    : `${Number(lengthMs.toPrecision(2))} ms`
}

/** `14:03:10`. */
export function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19)
}

/** `14:03`. */
export function clockMinute(atMs: number): string {
  return clock(atMs).slice(0, 5)
}

/** `2 Oct`. */
export function day(atMs: number): string {
  const date = new Date(atMs)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`
}

/** The moment a change began, with its day where that is not the day of `nearMs`: `14:02:50`, `1 Oct 23:58:10`. */
export function clockNear(atMs: number, nearMs: number): string {
  return day(atMs) === day(nearMs) ? clock(atMs) : `${day(atMs)} ${clock(atMs)}`
}

/** The days that a log covers, e.g. `2 Oct 2026`, `1–2 Oct 2026`, `30 Sep – 2 Oct 2026`. */
export function daySpan(fromMs: number, toMs: number): string {
  const [from, to] = [new Date(fromMs), new Date(toMs)]
  const last = `${day(toMs)} ${to.getUTCFullYear()}`
  if (from.getUTCFullYear() !== to.getUTCFullYear()) return `${day(fromMs)} ${from.getUTCFullYear()} – ${last}`
  if (day(fromMs) === day(toMs)) return last
  if (from.getUTCMonth() !== to.getUTCMonth()) return `${day(fromMs)} – ${last}`
  return `${from.getUTCDate()}–${last}`
}

function trimZero(digits: string): string {
  return digits.replace(/\.0$/, '')
}
