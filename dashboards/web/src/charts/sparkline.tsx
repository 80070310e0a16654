interface SparklineProps {
  /** Shares of requests failing, one a step; null: no requests. */
  readonly values: readonly (number | null)[]
  /** The usual share; what lies far above it is drawn as broken. */
  readonly normal: number | null
  readonly isBroken: boolean
}

const WIDTH = 140
const HEIGHT = 26
/** A service's ordinary noise must not fill the height. */
const TOP_MIN = 0.01
const TOP_OF_NORMAL = 6

/** The newest hour's error rate, small; the number stands beside it. */
export function Sparkline({ values, normal, isBroken }: SparklineProps) {
  const top = Math.max(TOP_MIN, (normal ?? 0) * TOP_OF_NORMAL, ...values.map((value) => value ?? 0))
  const x = (step: number) => ((step / Math.max(1, values.length - 1)) * (WIDTH - 2) + 1).toFixed(1)
  const y = (value: number) => (HEIGHT - 1 - (value / top) * (HEIGHT - 3)).toFixed(1)
  const path = values
    .map((value, step) => {
      if (value === null) return ''
      const before = values[step - 1]
      return `${before === null || before === undefined ? 'M' : 'L'}${x(step)} ${y(value)}`
    })
    .join('')
  return (
    <svg class={isBroken ? 'spark broken' : 'spark'} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {normal !== null && (
        <rect class="normal" x="0" width={WIDTH} y={y(normal * 2)} height={HEIGHT - 1 - Number(y(normal * 2))} />
      )}
      <line class="zero" x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      <path d={path} />
    </svg>
  )
}
