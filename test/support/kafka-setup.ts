import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type KafkaBroker, startKafkaBroker } from './kafka-broker.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Asked for a broker, this URL starts the run's one, and answers with where it is. */
    readonly kafkaUrl: string
  }
}

/** One broker for the whole run of the tests, started when the first test file asks for it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let broker: Promise<KafkaBroker> | undefined
  const server = createServer((_, response) => {
    broker ??= startKafkaBroker()
    broker.then(
      ({ address, directory }) => response.end(JSON.stringify({ brokers: [address], directory })),
      (error: unknown) => response.end(JSON.stringify({ missing: String(error) })),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  project.provide('kafkaUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    server.closeAllConnections()
    const started = await broker?.catch(() => undefined)
    await started?.stop()
  }
}
