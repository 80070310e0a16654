import { useEffect, useState } from 'preact/hooks'

/** The present, told again every `everyMs`. */
export function useNow(everyMs = 10_000): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), everyMs)
    return () => window.clearInterval(timer)
  }, [everyMs])
  return nowMs
}
