import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** The address within the page: its path in decoded parts, and its query. */
export interface Place {
  readonly parts: readonly string[]
  readonly query: URLSearchParams
}

const listeners = new Set<() => void>()

/** Goes to another address of the page, as a click on its link would. */
export function goTo(address: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  for (const listener of listeners) listener()
  if (!replace) window.scrollTo(0, 0)
}

export function usePlace(): Place {
  const [place, setPlace] = useState(readPlace)
  useEffect(() => {
    const follow = () => setPlace(readPlace())
    listeners.add(follow)
    window.addEventListener('popstate', follow)
    return () => {
      listeners.delete(follow)
      window.removeEventListener('popstate', follow)
    }
  }, [])
  return place
}

interface LinkProps {
  readonly to: string
  readonly children: ComponentChildren
  readonly class?: string
  readonly current?: boolean
}

/** A link within the page; a click with a key held, or another button, does what the browser does. */
export function Link({ to, children, class: className, current }: LinkProps) {
  const onClick = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    goTo(to)
  }
  return (
    <a href={to} class={className} aria-current={current === true ? 'page' : undefined} onClick={onClick}>
      {children}
    </a>
  )
}

function readPlace(): Place {
  return {
    parts: location.pathname.split('/').filter(Boolean).map(decode),
    query: new URLSearchParams(location.search),
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
