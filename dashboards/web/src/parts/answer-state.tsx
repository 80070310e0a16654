import type { ComponentChildren } from 'preact'
import type { ServerError } from '../server/server-error.ts'
import type { Answer } from '../server/use-answer.ts'
import { Moment } from './moment.tsx'

interface AnswerStateProps<T> {
  readonly answer: Answer<T>
  /** What is awaited, e.g. `incidents`. */
  readonly of: string
  readonly children: (value: T) => ComponentChildren
}

/** What was answered; or that it is on its way, or why it can't be shown. */
export function AnswerState<T>({ answer, of, children }: AnswerStateProps<T>) {
  switch (answer.kind) {
    case 'loading':
      return <Loading of={of} />
    case 'failed':
      return <Failure error={answer.error} of={of} />
    case 'ready':
      return (
        <>
          {answer.failing !== undefined && <Stale atMs={answer.atMs} error={answer.failing} />}
          {children(answer.value)}
        </>
      )
  }
}

function Loading({ of }: { readonly of: string }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">{`The ${of} are on their way.`}</span>
      <i />
      <i />
      <i />
    </div>
  )
}

function Failure({ error, of }: { readonly error: ServerError; readonly of: string }) {
  return (
    <div class="notice" role="alert">
      <p>
        <b>{`The ${of} can not be shown:`}</b> {error.message}.
      </p>
      {error.status === 0 && <p class="soft">It is asked again every few seconds.</p>}
    </div>
  )
}

function Stale({ atMs, error }: { readonly atMs: number; readonly error: ServerError }) {
  return (
    <p class="notice" role="status">
      What you see is of <Moment atMs={atMs} />: {error.message}.
    </p>
  )
}
