import { createHmac } from 'node:crypto'
import { webhookTestsRoutes } from '../../services/api/io/routes/webhook-tests.ts'
import { webhooksRoutes } from '../../services/api/io/routes/webhooks.ts'
import type { WebhooksConfig } from '../../services/api/io/webhooks/sender-access.ts'
import type { Bus } from '../../shared/bus/bus.ts'
import { createMemoryBus } from '../../shared/bus/memory.ts'
import { DEFAULT_ENV_ALIASES } from '../../shared/domain/env-aliases.ts'
import { createHttpServer } from '../../shared/runtime/http-server.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { createMetrics } from '../../shared/runtime/metrics.ts'

export interface WebhookServer {
  /** What was published, as it was. */
  readonly published: readonly Record<string, unknown>[]
  readonly confirmed: readonly string[]
  post(
    sender: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: Answer }>
  /** What the server says would come of a delivery of the sender. */
  test(sender: string): Promise<Record<string, unknown>>
  close(): Promise<void>
}

interface Answer {
  readonly accepted?: number
  readonly ids?: readonly string[]
  readonly ignored?: string
  readonly code?: string
  readonly detail?: string
}

export const NOW_MS = Date.parse('2026-10-02T14:03:00Z')

/** The routes of webhooks alone, on a bus whose `changes` are kept, at a time that stands still. */
export async function startWebhookServer(
  config: Partial<WebhooksConfig>,
  bus: Bus = createMemoryBus({ pendingBytesMax: 1024 * 1024 }),
): Promise<WebhookServer> {
  const published: Record<string, unknown>[] = []
  const confirmed: string[] = []
  await bus.subscribe({
    topic: 'changes',
    group: 'test',
    handle: async (messages) => {
      published.push(...messages.map(({ value }) => JSON.parse(Buffer.from(value).toString())))
    },
  })
  const nowMs = () => NOW_MS
  const senders = { senders: {}, allowUnsigned: false, envAliases: DEFAULT_ENV_ALIASES, ...config }
  const confirm = async (url: string) => void confirmed.push(url)
  const server = await createHttpServer({ log: createLog({ level: 'silent', write: () => {} }) }, [
    webhooksRoutes({ publish: bus.publish, confirm, nowMs, metrics: createMetrics() }, senders),
    webhookTestsRoutes({ nowMs }, senders),
  ])
  return {
    published,
    confirmed,
    async post(sender, headers, payload) {
      const answer = await server.inject({
        method: 'POST',
        url: `/webhooks/${sender}`,
        headers: { ...headers },
        payload,
      })
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
    },
    async test(sender) {
      return (await server.inject({ method: 'POST', url: `/api/v1/webhooks/${sender}/test` })).json()
    },
    close: () => server.close(),
  }
}

export function hexHmac(secret: string, body: string, algorithm = 'sha256'): string {
  return createHmac(algorithm, secret).update(body).digest('hex')
}
