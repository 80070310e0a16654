import type { Change, ChangeKind } from '../../../shared/domain/change.ts'
import type { Spike } from '../../../shared/domain/spike.ts'

const NAME_LENGTH_MAX = 60

const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  deploy: 'deploy',
  config: 'config',
  feature_flag: 'flag',
  infra: 'infrastructure change',
  migration: 'migration',
  dependency: 'dependency update',
  scale: 'scaling',
  rollback: 'rollback',
  other: 'change',
}

/** `8.1 %`, `0.02 %`: two digits that count. */
export function sayPercent(share: number): string {
  const percent = share * 100
  if (percent === 0) return '0 %'
  if (percent < 0.001) return 'under 0.001 %'
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`
}

/** `9,014`, `1.2 M`. */
export function sayCount(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(2))} M`
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `20 s`, `4 min`, `1 h 5 min`. */
export function sayDuration(durationMs: number): string {
  const seconds = Math.round(Math.abs(durationMs) / 1000)
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.round(hours / 24)} days`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** `18 ms`, `1.2 s`: how long a request takes. */
export function sayLength(lengthMs: number): string {
  return lengthMs >= 995 ? `${Number((lengthMs / 1000).toPrecision(2))} s` : `${Number(lengthMs.toPrecision(2))} ms`
}

/** What shows when it began: of a service that falls silent the requests that it still had. */
export function sayFirst({ signal }: Pick<Spike, 'signal'>): string {
  switch (signal) {
    case 'error_rate':
      return 'first errors'
    case 'traffic_drop':
      return 'last requests'
    case 'latency':
      return 'first slow requests'
  }
}

/** `14:03:10 UTC`. */
export function sayTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`
}

/** `deploy v42`, `flag new-cart`: what people call it. */
export function sayChange(change: Change): string {
  return `${KIND_WORDS[change.kind]} ${sayName(change.version ?? change.title ?? change.id)}`
}

/** `deploy v42 of search`. */
export function sayChangeOf(change: Change): string {
  return change.service === undefined ? sayChange(change) : `${sayChange(change)} of ${sayName(change.service)}`
}

/**
 * A name from outside inside a sentence: short, on one line, well-formed text, and nothing that a terminal or a browser
 * reorders or acts on.
 */
export function sayName(name: string): string {
  const cut = name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX - 1)}…` : name
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '�')
}

/** `3 services`, `1 service`. */
export function sayPlural(count: number, noun: string): string {
  return `${sayCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
