import type { ComponentChildren } from 'preact'

/** A link to where a change came from; anything but a web address stays a text, as it comes from outside. */
export function OutsideLink({
  url,
  children,
}: {
  readonly url: string | undefined
  readonly children: ComponentChildren
}) {
  if (url === undefined || !/^https?:\/\//i.test(url)) return <>{children}</>
  return (
    <a href={url} rel="noreferrer noopener" target="_blank">
      {children}
    </a>
  )
}
