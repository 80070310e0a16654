import type { ComponentChildren } from 'preact'
import { capital } from '../../../../shared/faces/verdict.ts'
import type { ServerError } from '../server/server-error.ts'
import type { Answer } from '../server/use-answer.ts'
import { Moment } from './moment.tsx'

interface AnswerStateProps<T> {
  readonly answer: Answer<T>
  /** What is awaited, e.g. `incidents`. */
  readonly of: string
  /** Whether it is all that the page is about: the state is then its heading. */
  readonly isPage?: boolean
  readonly children: (value: T) => ComponentChildren
}

/** What was answered; or that it is on its way, or why it can't be shown. */
export function AnswerState<T>({ answer, of, isPage = false, children }: AnswerStateProps<T>) {
  switch (answer.kind) {
    case 'loading':
      return <Loading of={of} isPage={isPage} />
    case 'failed':
      return <Failure error={answer.error} of={of} isPage={isPage} />
    case 'ready':
      return (
        <>
          {answer.failing !== undefined && <Stale atMs={answer.atMs} error={answer.failing} />}
          {children(answer.value)}
        </>
      )
  }
}

interface StateProps {
  readonly of: string
  readonly isPage: boolean
}

function Loading({ of, isPage }: StateProps) {
  const text = `The ${of} ${of.endsWith('s') ? 'are on their' : 'is on its'} way.`
  return (
    <div class="loading" role="status">
      {isPage ? <h1 class="unseen">{text}</h1> : <span class="unseen">{text}</span>}
      <i />
      <i />
      <i />
    </div>
  )
}

const ASKED_AGAIN = 'It is asked again every few seconds.'

function Failure({ error, of, isPage }: StateProps & { readonly error: ServerError }) {
  if (isPage)
    return (
      <div role="alert">
        <h1>{`The ${of} can not be shown`}</h1>
        <p class="soft">{`${capital(error.message)}. ${error.status === 0 ? ASKED_AGAIN : ''}`}</p>
      </div>
    )
  return (
    <div class="notice" role="alert">
      <p>
        <b>{`The ${of} can not be shown:`}</b> {error.message}.
      </p>
      {error.status === 0 && <p class="soft">{ASKED_AGAIN}</p>}
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
