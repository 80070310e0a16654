/** Moments in the viewer's own zone, on a 24-hour clock. */

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const minuteFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const yearFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** `second`: `14:03:10`. `minute`: `14:03`. `day`: `2 Oct`. */
export type MomentForm = 'second' | 'minute' | 'day'

/** With the day where that is not the day of `nearMs`: `14:03:10`, `1 Oct 23:58:10`, `1 Oct 2025 23:58:10`. */
export function moment(atMs: number, nearMs: number, form: MomentForm = 'second'): string {
  const date = new Date(atMs)
  const near = new Date(nearMs)
  const isFar = date.getFullYear() !== near.getFullYear()
  const day = isFar ? yearFormat.format(date) : dayFormat.format(date)
  if (form === 'day') return day
  const clock = form === 'minute' ? minuteFormat.format(date) : clockFormat.format(date)
  return dayFormat.format(date) === dayFormat.format(near) && !isFar ? clock : `${day} ${clock}`
}

/** The same moment for everybody: `2 Oct 2026 12:03:10 UTC`. */
export function utcMoment(atMs: number): string {
  return new Date(atMs)
    .toUTCString()
    .replace(/^\w+, 0?/, '')
    .replace('GMT', 'UTC')
}

/** `Europe/Berlin`. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
