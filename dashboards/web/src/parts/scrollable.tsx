import type { ComponentChildren } from 'preact'

interface ScrollableProps {
  /** What is in it, for whoever hears the page. */
  readonly label: string
  readonly children: ComponentChildren
}

/** What may be wider than the page, such as a table on a phone: it scrolls by itself, with the keyboard as well. */
export function Scrollable({ label, children }: ScrollableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without focus no key scrolls it
    <section class="scroll-x" aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}
