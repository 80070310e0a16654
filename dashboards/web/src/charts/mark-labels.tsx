import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ChartMark } from '../../../../shared/faces/chart-marks.ts'
import { moment, utcMoment } from '../words/when.ts'
import { placeLabels } from './place-labels.ts'

export interface MarkPlace {
  readonly mark: ChartMark
  /** In pixels from the chart's left edge. */
  readonly x: number
}

interface MarkLabelsProps {
  readonly places: readonly MarkPlace[]
  readonly width: number
  readonly onMark: (changeId: string) => void
}

const ROW_PX = 20

/** What the vertical lines of a chart stand for, above it; a change's leads to what is said of it. */
export function MarkLabels({ places, width, onMark }: MarkLabelsProps) {
  const box = useRef<HTMLUListElement>(null)
  useLayoutEffect(() => {
    const list = box.current
    if (list === null) return
    const labels = [...list.children].filter((each) => each instanceof HTMLElement)
    const wishes = labels.map((label, index) => ({ x: places[index]?.x ?? 0, width: label.offsetWidth }))
    const placed = placeLabels(wishes, width)
    const rows = Math.max(0, ...placed.map(({ row }) => row + 1))
    list.style.height = `${rows * ROW_PX}px`
    for (const [index, label] of labels.entries()) {
      const { left, row } = placed[index] ?? { left: 0, row: 0 }
      label.style.left = `${left}px`
      label.style.bottom = `${row * ROW_PX}px`
    }
  }, [places, width])
  return (
    <ul class="marks" ref={box}>
      {places.map(({ mark }) => (
        <li key={`${mark.atMs} ${mark.label}`} class={mark.tone}>
          <MarkLabel mark={mark} onMark={onMark} />
        </li>
      ))}
    </ul>
  )
}

function MarkLabel({ mark, onMark }: { readonly mark: ChartMark; readonly onMark: MarkLabelsProps['onMark'] }) {
  const { changeId, label, atMs } = mark
  const title = `${label}, ${moment(atMs, Date.now())} (${utcMoment(atMs)})`
  if (changeId === undefined) return <span title={title}>{label}</span>
  return (
    <button type="button" title={title} onClick={() => onMark(changeId)}>
      {label}
    </button>
  )
}
