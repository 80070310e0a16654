import { useEffect, useState } from 'preact/hooks'

const SAID_MS = 2_500

/** Copies a text; where the browser forbids it, says how to do it by hand. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (said === '') return
    const timer = window.setTimeout(() => setSaid(''), SAID_MS)
    return () => window.clearTimeout(timer)
  }, [said])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied')
    } catch {
      setSaid('Select it and press Ctrl-C')
    }
  }
  return (
    <button type="button" class="copy" aria-label={`Copy ${what}`} onClick={() => void copy()}>
      <span aria-live="polite">{said === '' ? 'Copy' : said}</span>
    </button>
  )
}
