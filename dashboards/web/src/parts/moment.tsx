import { type MomentForm, moment, utcMoment } from '../words/when.ts'

interface MomentProps {
  readonly atMs: number
  /** The day is said where it is another one than this moment's; now, when absent. */
  readonly nearMs?: number
  readonly form?: MomentForm
}

/** A moment in the viewer's zone; UTC when pointed at. */
export function Moment({ atMs, nearMs, form = 'second' }: MomentProps) {
  return (
    <time dateTime={new Date(atMs).toISOString()} title={utcMoment(atMs)}>
      {moment(atMs, nearMs ?? Date.now(), form)}
    </time>
  )
}
