import { setTimeout as sleep } from 'node:timers/promises'
import { Counter, Gauge, Registry } from 'prom-client'

/** What is told for Prometheus. Names are fixed in the code: nothing from a log line becomes one. */
export interface Metrics {
  /** A total that only grows; the returned function adds to it. */
  counter(name: string, help: string): (add?: number) => void
  /** A value read each time somebody asks; left out while it can't be read, as when the store is gone. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** The same of several things at once: at most LABELLED_MAX of them, none while they can't be read. */
  gaugeOf(
    metric: { readonly name: string; readonly help: string; readonly labels: readonly string[] },
    read: () => Promise<readonly LabelledValue[]>,
  ): void
  /** Prometheus' text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
}

export interface LabelledValue {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Whoever names services in a log must not fill somebody's memory. */
const LABELLED_MAX = 500

/** Whoever asks waits no longer than this for a value. */
const READ_MS_MAX = 2_000

export function createMetrics({ readMsMax = READ_MS_MAX } = {}): Metrics {
  const registry = new Registry()
  return {
    counter(name, help) {
      const counter = new Counter({ name, help, registers: [registry] })
      return (add = 1) => counter.inc(add)
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          const value = await orNothing(read, readMsMax)
          if (value === undefined) this.remove()
          else this.set(value)
        },
      })
    },
    gaugeOf({ name, help, labels }, read) {
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        async collect() {
          this.reset()
          const values = (await orNothing(read, readMsMax)) ?? []
          for (const { labels: of, value } of values.slice(0, LABELLED_MAX)) this.set({ ...of }, value)
        },
      })
    },
    async render() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}

/** Undefined where it fails or takes too long: what else is known is told all the same. */
async function orNothing<Value>(read: () => Value | Promise<Value>, msMax: number): Promise<Value | undefined> {
  const isRead = new AbortController()
  const late = sleep(msMax, undefined, { signal: isRead.signal }).catch(() => undefined)
  try {
    return await Promise.race([read(), late])
  } catch {
    return undefined
  } finally {
    isRead.abort()
  }
}
