import { useState } from 'preact/hooks'
import { z } from 'zod'
import type { Server } from '../server/server.ts'
import { useServer } from '../server/server.ts'

const RECEIPT = z.object({ ids: z.array(z.string()) })
const LISTED = z.object({ items: z.array(z.object({ id: z.string() })) })
const TRIES = 20
const TRY_MS = 500
const SERVICE = 'culprit-test'

/** Sends a change that means nothing, waits until it is known, and removes it again. */
export function ChangeTest() {
  const server = useServer()
  const [said, setSaid] = useState('')
  const [isBusy, setBusy] = useState(false)
  const test = async () => {
    setBusy(true)
    setSaid('Sent …')
    setSaid(
      await tryChange(server).catch(
        (error: unknown) => `It failed: ${error instanceof Error ? error.message : String(error)}`,
      ),
    )
    setBusy(false)
  }
  return (
    <p class="tried">
      <button type="button" class="button" disabled={isBusy} onClick={() => void test()}>
        Send a test change
      </button>
      <span role="status">{said}</span>
    </p>
  )
}

async function tryChange(server: Server): Promise<string> {
  const startMs = Date.now()
  const change = {
    ts: new Date(startMs).toISOString(),
    kind: 'other',
    service: SERVICE,
    env: 'test',
    title: 'test of the set-up',
  }
  const [id] = RECEIPT.parse(await server.send('POST', '/api/v1/changes', change)).ids
  for (let tries = 0; tries < TRIES; tries++) {
    const { items } = LISTED.parse(await server.get(`/api/v1/changes?service=${SERVICE}&env=test`))
    if (id !== undefined && items.some((item) => item.id === id)) {
      await server.send('DELETE', `/api/v1/changes/${encodeURIComponent(id)}`)
      return `It was known ${((Date.now() - startMs) / 1000).toFixed(1)} s later, and is removed again.`
    }
    await new Promise((resolve) => window.setTimeout(resolve, TRY_MS))
  }
  return 'It was taken, but is not known after 10 s: look at the health below and at the log of the server.'
}
