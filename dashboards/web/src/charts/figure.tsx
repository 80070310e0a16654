import type { ComponentChildren } from 'preact'
import { useCallback, useState } from 'preact/hooks'
import { duration } from '../../../../shared/faces/words.ts'
import { goTo } from '../router.tsx'
import { moment } from '../words/when.ts'
import { type Chart, stepCount } from './chart.ts'
import { Plot } from './plot.tsx'

interface FigureProps {
  readonly chart: Chart
  readonly heading: string
  /** What the band is, e.g. `normal, 0.1 % on average`. */
  readonly bandName?: string
  readonly height?: number
  /** Said where there is nothing to draw. */
  readonly empty?: ComponentChildren
}

const HEIGHT_PX = 210
const TABLE_ROWS_MAX = 60

/** A chart with its key, which reads the values under the pointer, and the table behind it. */
export function Figure({ chart, heading, bandName, height = HEIGHT_PX, empty }: FigureProps) {
  const [step, setStep] = useState<number | undefined>(undefined)
  const onCursor = useCallback((at: number | undefined) => setStep(at), [])
  const isEmpty = chart.lines.every(({ values }) => values.every((value) => value === null))
  const atMs = step === undefined ? undefined : chart.fromMs + step * chart.stepMs
  return (
    <figure>
      <figcaption>
        <h3>{heading}</h3>
        <span class="at">{atMs === undefined ? '' : moment(atMs, Date.now())}</span>
      </figcaption>
      <ul class="legend">
        {chart.lines.map(({ name, colour, values }) => (
          <li key={name} class={colour}>
            {name === '' ? 'not named' : name}
            {step !== undefined && <b>{valueText(values[step], chart)}</b>}
          </li>
        ))}
        {chart.band !== undefined && bandName !== undefined && <li class="band">{bandName}</li>}
      </ul>
      {isEmpty ? (
        <p class="soft nothing">{empty ?? 'No requests in this time.'}</p>
      ) : (
        <>
          <Plot chart={chart} height={height} onCursor={onCursor} onMark={showChange} />
          <Numbers chart={chart} heading={heading} />
        </>
      )}
    </figure>
  )
}

/** What is said of a change on this page, or else on the page of changes. */
function showChange(changeId: string): void {
  const said = document.getElementById(`change-${changeId}`)
  if (said === null) goTo(`/changes?id=${encodeURIComponent(changeId)}`)
  said?.scrollIntoView({ block: 'center' })
  said?.focus({ preventScroll: true })
}

function Numbers({ chart, heading }: { readonly chart: Chart; readonly heading: string }) {
  const [isOpen, setOpen] = useState(false)
  const every = Math.max(1, Math.ceil(stepCount(chart) / TABLE_ROWS_MAX))
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{`The numbers${every > 1 ? `, every ${duration(every * chart.stepMs)}` : ''}`}</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section class="scroll" tabIndex={0} aria-label={heading}>
          <table>
            <thead>
              <tr>
                <th scope="col">from</th>
                {chart.lines.map(({ name }) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{tableRows(chart, every)}</tbody>
          </table>
        </section>
      )}
    </details>
  )
}

function tableRows(chart: Chart, every: number) {
  const { fromMs, stepMs, lines } = chart
  const steps = Array.from({ length: Math.ceil(stepCount(chart) / every) }, (_, row) => row * every)
  return steps.map((step) => (
    <tr key={step}>
      <th scope="row">{moment(fromMs + step * stepMs, fromMs)}</th>
      {lines.map(({ name, values }) => (
        <td key={name} class="number">
          {valueText(values[step], chart)}
        </td>
      ))}
    </tr>
  ))
}

function valueText(value: number | null | undefined, { format }: Chart): string {
  return value == null ? 'none' : format(value)
}
