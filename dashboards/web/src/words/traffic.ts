import { count } from '../../../../shared/faces/words.ts'

/** `1,240 / s`, `0.3 / s`, `4 / min`, `2 / h`: so that a small number has a digit that counts. */
export function requestRate(perSecond: number): string {
  if (perSecond === 0) return 'none'
  if (perSecond >= 10) return `${count(perSecond)} / s`
  if (perSecond >= 0.1) return `${perSecond.toFixed(1)} / s`
  if (perSecond * 60 >= 0.95) return `${Math.round(perSecond * 60)} / min`
  return `${Math.max(1, Math.round(perSecond * 3600))} / h`
}

const UNITS = { s: 'second', min: 'minute', h: 'hour' } as const

/** The same in a sentence: `1,240 requests a second`. */
export function requestRateWords(perSecond: number): string {
  const said = requestRate(perSecond)
  return said.replace(
    /^(.+) \/ (s|min|h)$/,
    (_, amount: string, unit: keyof typeof UNITS) => `${amount} requests a ${UNITS[unit]}`,
  )
}
