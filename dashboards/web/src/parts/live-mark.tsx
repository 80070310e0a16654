import { useEffect, useState } from 'preact/hooks'
import type { Liveliness } from '../server/live.ts'
import { useServer } from '../server/server.ts'

const WORDS: Readonly<Record<Liveliness, string>> = {
  live: 'live',
  polling: 'every 5 s',
  lost: 'no connection',
}
const LOOK_MS = 1_000

/** Whether what is shown follows the server. */
export function LiveMark() {
  const server = useServer()
  const [state, setState] = useState(server.liveliness())
  useEffect(() => {
    const timer = window.setInterval(() => setState(server.liveliness()), LOOK_MS)
    return () => window.clearInterval(timer)
  }, [server])
  return (
    <span class={`live ${state}`} role="status">
      {WORDS[state]}
    </span>
  )
}
