import { count } from '../../../../shared/faces/words.ts'

/** `1,240 / s`, `0.3 / s`, `4 / min`, `2 / h`: so that a small number has a digit that counts. */
export function requestRate(perSecond: number): string {
  if (perSecond === 0) return 'none'
  if (perSecond >= 10) return `${count(perSecond)} / s`
  if (perSecond >= 0.1) return `${perSecond.toFixed(1)} / s`
  if (perSecond * 60 >= 0.95) return `${Math.round(perSecond * 60)} / min`
  return `${Math.max(1, Math.round(perSecond * 3600))} / h`
}

const UNITS: Readonly<Record<string, string>> = { s: 'a second', min: 'a minute', h: 'an hour' }

/** The same in a sentence: `1,240 requests a second`. */
export function requestRateWords(perSecond: number): string {
  const [amount = '', unit = ''] = requestRate(perSecond).split(' / ')
  return unit === '' ? 'no requests' : `${amount} requests ${UNITS[unit]}`
}

/**
 * The counts of steps as rates. The newest step may end after `untilMs`, so that it is as long as it has lasted; null where that
 * is too short to say.
 */
export function perSecond(
  counts: readonly number[],
  { fromMs, stepMs }: { readonly fromMs: number; readonly stepMs: number },
  untilMs: number,
): (number | null)[] {
  return counts.map((times, step) => {
    const lastedMs = Math.min(untilMs - (fromMs + step * stepMs), stepMs)
    return lastedMs < stepMs / 4 ? null : (times * 1000) / lastedMs
  })
}

/** `0.4 ms`, `18 ms`, `1.2 s`. */
export function milliseconds(duration: number): string {
  if (duration >= 9_950) return `${Math.round(duration / 1_000)} s`
  if (duration >= 995) return `${(duration / 1_000).toFixed(1)} s`
  return duration >= 9.5 ? `${Math.round(duration)} ms` : `${duration.toFixed(1)} ms`
}
