// Hot path: several parameters.
/** Times are before it: the store keeps seconds in 32 bits. */
export const END_OF_TIME_MS = 2 ** 32 * 1000
export const MINUTE_MS = 60_000

/** Epoch ms of a minute; NaN when there is none such. */
export function minuteMs(year: number, month: number, day: number, hour: number, minute: number): number {
  // `Date.UTC` takes a year before 100 for one of the 1900s.
  const isDate = year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  return isDate && hour <= 23 && minute <= 59 ? Date.UTC(year, month - 1, day, hour, minute) : Number.NaN
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** 60 is a leap second: the start of the next minute. */
export function secondMs(second: number): number {
  return second <= 60 ? second * 1000 : Number.NaN
}

/** Of the digits after the point. */
export function fractionMs(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.slice(0, 3).padEnd(3, '0'))
}

const ZONE = /^ ?([+-])(\d\d):?(\d\d)?$/

/** `+0330`, `-03:30`, `+03`; absent is UTC. */
export function zoneMs(zone: string | undefined): number {
  if (zone === undefined) return 0
  const match = ZONE.exec(zone)
  if (match === null) return Number.NaN
  const [, sign, hours, minutes] = match
  if (Number(hours) > 23 || Number(minutes ?? 0) > 59) return Number.NaN
  const ms = (Number(hours) * 60 + Number(minutes ?? 0)) * MINUTE_MS
  return sign === '-' ? -ms : ms
}

/** NaN when the store can't keep the time. */
export function bounded(ms: number): number {
  return ms >= 0 && ms < END_OF_TIME_MS ? ms : Number.NaN
}
