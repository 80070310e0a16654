import { useState } from 'preact/hooks'
import type { IncidentAnswer } from '../server/answers.ts'
import { useServer } from '../server/server.ts'
import { readAuthor, saveAuthor } from '../words/author.ts'
import { isBroken } from '../words/incident-words.ts'

interface Action {
  readonly label: string
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly done: string
}

/** What a person can say of an incident: that they are on it, that it is over, and whether the suspect is right. */
export function IncidentActions({ answer }: { readonly answer: IncidentAnswer }) {
  const server = useServer()
  const [author, setAuthor] = useState(readAuthor)
  const [state, setState] = useState<{ readonly text: string; readonly isError: boolean; readonly isBusy: boolean }>(
    IDLE,
  )
  const actions = listActions(answer)
  const act = async ({ path, body, done }: Action) => {
    setState({ text: 'Sent …', isError: false, isBusy: true })
    const by = author.trim()
    try {
      await server.send('POST', path, { ...body, ...(by !== '' && { author: by }) })
      setState({ text: done, isError: false, isBusy: false })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      setState({ text: `It was not taken: ${reason}`, isError: true, isBusy: false })
    }
  }
  return (
    <section class="actions" aria-label="Say what you know">
      <div class="buttons">
        {actions.map((action, index) => (
          <button
            key={action.label}
            type="button"
            class={index === 0 && isBroken(answer.incident) ? 'button first' : 'button'}
            disabled={state.isBusy}
            onClick={() => void act(action)}
          >
            {action.label}
          </button>
        ))}
      </div>
      <label class="author">
        as{' '}
        <input
          value={author}
          placeholder="your name"
          maxLength={100}
          autoComplete="name"
          onInput={({ currentTarget }) => {
            setAuthor(currentTarget.value)
            saveAuthor(currentTarget.value)
          }}
        />
      </label>
      <p class={state.isError ? 'said error' : 'said'} role="status">
        {state.text}
      </p>
    </section>
  )
}

/** Who mutes without a name. */
const NOBODY = 'somebody'
const IDLE = { text: '', isError: false, isBusy: false }

function listActions({ incident, acknowledged }: IncidentAnswer): Action[] {
  const path = `/api/v1/incidents/${encodeURIComponent(incident.id)}`
  const acknowledge = {
    label: 'Acknowledge',
    path: `${path}/acknowledge`,
    body: {},
    done: 'Acknowledged: others see that somebody is on it.',
  }
  const resolve = { label: 'It is over', path: `${path}/resolve`, body: {}, done: 'Noted as over.' }
  const mute = {
    label: 'Mute 1 h',
    path: '/api/v1/silences',
    body: { incident_id: incident.id, duration: '1h', author: NOBODY },
    done: 'Muted for an hour: nothing more is sent about it.',
  }
  const judge = (label: string, verdict: 'right' | 'wrong') => ({
    label,
    path: `${path}/feedback`,
    body: { verdict },
    done: 'Thank you: it is kept with the incident.',
  })
  return [
    ...(isBroken(incident) && acknowledged === undefined ? [acknowledge] : []),
    ...(incident.suspects.length > 0 ? [judge('Right suspect', 'right'), judge('Wrong suspect', 'wrong')] : []),
    ...(isBroken(incident) ? [mute, resolve] : []),
  ]
}
