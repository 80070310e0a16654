/** What a canvas is drawn with; CSS knows the colours, and which of light and dark it is. */
export interface CssColours {
  of(name: string): string
}

/** The colours as they are now at `element`, by the name of their custom property. */
export function readColours(element: HTMLElement): CssColours {
  const probe = document.createElement('span')
  probe.hidden = true
  element.append(probe)
  const known = new Map<string, string>()
  return {
    of(name) {
      const before = known.get(name)
      if (before !== undefined) return before
      if (!probe.isConnected) element.append(probe)
      probe.style.color = `var(--${name})`
      const colour = getComputedStyle(probe).color
      probe.remove()
      known.set(name, colour)
      return colour
    },
  }
}

/** Calls back when the page turns light or dark; returns what ends it. */
export function onColoursChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', listener)
  return () => {
    observer.disconnect()
    system.removeEventListener('change', listener)
  }
}
