import { Counter, Gauge, Registry } from 'prom-client'

/** What is told of ourselves, for Prometheus. Names are fixed in the code: nothing from a log line becomes one, or a label. */
export interface Metrics {
  /** A total that only grows; the returned function adds to it. */
  counter(name: string, help: string): (add?: number) => void
  /** A value read each time somebody asks. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** Prometheus' text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
}

export function createMetrics(): Metrics {
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
          this.set(await read())
        },
      })
    },
    async render() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
