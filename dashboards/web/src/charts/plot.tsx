import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import type { Chart } from './chart.ts'
import { onColoursChange, readColours } from './css-colours.ts'
import { MarkLabels, type MarkPlace } from './mark-labels.tsx'
import { plotData, plotOptions } from './plot-options.ts'

interface PlotProps {
  readonly chart: Chart
  readonly height: number
  readonly onCursor: (step: number | undefined) => void
  readonly onMark: (changeId: string) => void
}

/** Draws a chart, as wide as there is room; a part that is dragged over fills it. */
export function Plot({ chart, height, onCursor, onMark }: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const [colourTurn, setColourTurn] = useState(0)
  const [view, setView] = useState<{ readonly places: readonly MarkPlace[]; readonly width: number }>(NOTHING)
  const [isZoomed, setZoomed] = useState(false)
  const lineNames = chart.lines.map(({ name, colour }) => `${colour} ${name}`).join('\n')
  const latest = useRef(chart)
  latest.current = chart

  useEffect(() => onColoursChange(() => setColourTurn((turn) => turn + 1)), [])
  // Data alone does not make a new plot.
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const onView = (drawn: uPlot) => {
      setView(placeMarks(drawn, latest.current))
      const { min, max } = drawn.scales['x'] ?? {}
      const times = drawn.data[0]
      setZoomed(min != null && max != null && (min > (times[0] ?? 0) || max < (times.at(-1) ?? 0)))
    }
    const frame = { width: element.clientWidth, height, colours: readColours(element), onCursor, onView }
    const made = new uPlot(
      plotOptions(() => latest.current, frame),
      plotData(latest.current),
      element,
    )
    plot.current = made
    const sizes = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== made.width)
        made.setSize({ width: element.clientWidth, height })
    })
    sizes.observe(element)
    return () => {
      sizes.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [colourTurn, lineNames, height])
  // A zoomed view stays where it is.
  useEffect(() => {
    if (plot.current === undefined) return
    const data = plotData(chart)
    plot.current.setData(data, !isZoomed)
    if (isZoomed) plot.current.redraw()
  }, [chart])

  const showAll = () => plot.current?.setData(plotData(latest.current), true)
  return (
    <div class="plot">
      <MarkLabels places={view.places} width={view.width} onMark={onMark} />
      <div ref={place} class="canvas" />
      {isZoomed && (
        <button type="button" class="button zoom" onClick={showAll}>
          Show all
        </button>
      )}
    </div>
  )
}

const NOTHING = { places: [], width: 0 }

function placeMarks(plot: uPlot, { marks }: Chart): { places: MarkPlace[]; width: number } {
  const ratio = devicePixelRatio
  const [left, right] = [plot.bbox.left / ratio, (plot.bbox.left + plot.bbox.width) / ratio]
  const places = marks
    .map((mark) => ({ mark, x: left + plot.valToPos(mark.atMs / 1000, 'x') }))
    .filter(({ x }) => x >= left - 1 && x <= right + 1)
  return { places, width: plot.width }
}
