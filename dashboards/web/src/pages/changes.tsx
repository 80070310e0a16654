import { useEffect } from 'preact/hooks'
import type { Change } from '../../../../shared/domain/change.ts'
import { changeName } from '../../../../shared/faces/change-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { AnswerState } from '../parts/answer-state.tsx'
import { Moment } from '../parts/moment.tsx'
import { OutsideLink } from '../parts/outside-link.tsx'
import { readChanges } from '../server/answers.ts'
import { useAnswer } from '../server/use-answer.ts'

/** Every change, newest first. */
export function ChangesPage() {
  const changes = useAnswer('/api/v1/changes', readChanges)
  useEffect(() => {
    document.title = 'Changes · Culprit'
  }, [])
  return (
    <>
      <h1>Changes</h1>
      <AnswerState answer={changes} of="changes">
        {(known) => (known.length === 0 ? <NoChanges /> : <ChangesTable changes={known} />)}
      </AnswerState>
    </>
  )
}

function NoChanges() {
  return <p class="verdict">No change is known yet. Tell of one with culprit change, or connect what deploys.</p>
}

function ChangesTable({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <div class="scroll-x">
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">began</th>
            <th scope="col">service</th>
            <th scope="col">change</th>
            <th scope="col">by</th>
            <th scope="col">status</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.id}>
              <td>
                <Moment atMs={change.startedAtMs} />
              </td>
              <td>{change.service === undefined ? 'everything' : visibleText(change.service)}</td>
              <td class="name change">
                <OutsideLink url={change.url}>{changeName(change, change.service)}</OutsideLink>
              </td>
              <td>{change.author === undefined ? '' : visibleText(change.author)}</td>
              <td>{change.status}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
