import { useEffect, useRef } from 'preact/hooks'
import { INFERRED_SOURCE } from '../../../../shared/domain/change.ts'
import { changeName } from '../../../../shared/faces/change-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { Link } from '../router.tsx'
import type { ChangeOutcome, JudgedChange } from '../server/services.ts'
import { beforeAndAfter, verdictWord } from '../words/change-outcome.ts'
import { Moment } from './moment.tsx'
import { OutsideLink } from './outside-link.tsx'
import { Scrollable } from './scrollable.tsx'
import { servicePath } from './services-table.tsx'

interface ChangesTableProps {
  readonly changes: readonly JudgedChange[]
  /** The one that was asked for. */
  readonly markedId?: string | undefined
}

export function ChangesTable({ changes, markedId }: ChangesTableProps) {
  const marked = useRef<HTMLTableRowElement>(null)
  useEffect(() => {
    if (markedId !== undefined) marked.current?.scrollIntoView({ block: 'center' })
  }, [markedId])
  return (
    <Scrollable label="Changes">
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">began</th>
            <th scope="col">change</th>
            <th scope="col" class="wide">
              by
            </th>
            <th scope="col" class="number wide">
              failing before → after
            </th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((judged) => {
            const isMarked = judged.change.id === markedId
            return (
              <tr key={judged.change.id} class={isMarked ? 'marked' : ''} ref={isMarked ? marked : null}>
                <Cells judged={judged} />
              </tr>
            )
          })}
        </tbody>
      </table>
    </Scrollable>
  )
}

function Cells({ judged: { change, outcome } }: { readonly judged: JudgedChange }) {
  const { service, env, status } = change
  return (
    <>
      <td class="soft">
        <Moment atMs={change.startedAtMs} form="minute" />
      </td>
      <td>
        {service === undefined ? 'everything' : <Link to={servicePath(service, env)}>{visibleText(service)}</Link>}{' '}
        <span class="change">
          <OutsideLink url={change.url}>{changeName(change, service)}</OutsideLink>
        </span>
        {status !== 'succeeded' && <span class="soft"> {status}</span>}
        {change.source === INFERRED_SOURCE && <span class="soft"> reported by nobody, seen in the log</span>}
      </td>
      <td class="wide">{change.author === undefined ? '' : visibleText(change.author)}</td>
      <td class="number wide">{outcome === undefined ? '' : beforeAndAfter(outcome)}</td>
      <td>{outcome === undefined ? '' : <Verdict outcome={outcome} />}</td>
    </>
  )
}

function Verdict({ outcome }: { readonly outcome: ChangeOutcome }) {
  const word = <span class={`judged ${outcome.verdict}`}>{verdictWord(outcome)}</span>
  if (outcome.incidentId === null) return word
  return <Link to={`/incidents/${encodeURIComponent(outcome.incidentId)}`}>{word}</Link>
}
