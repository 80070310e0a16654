interface ShareBarProps {
  /** 0–1. */
  readonly share: number
  /** `part`: of a probability. `bad`: of what is broken. `quiet`: neither. */
  readonly tone: 'part' | 'bad' | 'quiet'
}

/** A share as a bar over its whole width; the number is always said beside it. */
export function ShareBar({ share, tone }: ShareBarProps) {
  const width = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="all" width="100" height="6" />
      <rect class={tone} width={width} height="6" />
    </svg>
  )
}
