import { useState } from 'preact/hooks'
import { type SilenceWire, silenceListSchema } from '../../../../shared/domain/silence-wire.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { AnswerState } from '../parts/answer-state.tsx'
import { Moment } from '../parts/moment.tsx'
import { useServer } from '../server/server.ts'
import { useAnswer } from '../server/use-answer.ts'
import { readAuthor, saveAuthor } from '../words/author.ts'

const readSilences = (answer: unknown) => silenceListSchema.parse(answer).items

const LENGTHS = ['30m', '1h', '2h', '8h', '1d', '7d'] as const

/** What is muted, until when and by whom. */
export function Silences() {
  const silences = useAnswer('/api/v1/silences', readSilences)
  return (
    <section aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      <AnswerState answer={silences} of="silences">
        {(known) =>
          known.length === 0 ? (
            <p class="soft">Nothing is muted.</p>
          ) : (
            <ul class="plain">
              {known.map((silence) => (
                <SilenceLine key={silence.id} silence={silence} />
              ))}
            </ul>
          )
        }
      </AnswerState>
      <Mute />
    </section>
  )
}

function SilenceLine({ silence }: { readonly silence: SilenceWire }) {
  const isPlanned = silence.origin === 'configuration'
  const startsAtMs = Date.parse(silence.starts_at)
  const isToCome = startsAtMs > Date.now()
  const what = silence.service ?? silence.incident_id ?? 'everything'
  const where = silence.env === null ? '' : ` in ${visibleText(silence.env)}`
  return (
    <li>
      <b>{visibleText(what)}</b>
      {where}
      {isToCome && (
        <>
          {isPlanned ? ' next from ' : ' from '}
          <Moment atMs={startsAtMs} form="minute" />
        </>
      )}{' '}
      until <Moment atMs={Date.parse(silence.ends_at)} form="minute" />
      {silence.author !== null && `, by ${visibleText(silence.author)}`}
      {silence.note !== null && `: ${visibleText(silence.note)}`} {!isPlanned && <EndButton id={silence.id} />}
    </li>
  )
}

function EndButton({ id }: { readonly id: string }) {
  const server = useServer()
  const [said, setSaid] = useState('')
  const end = () =>
    server.send('DELETE', `/api/v1/silences/${encodeURIComponent(id)}`, {}).catch((error: unknown) => {
      setSaid(`It was not ended: ${error instanceof Error ? error.message : String(error)}`)
    })
  return (
    <>
      <button type="button" class="quiet" onClick={() => void end()}>
        End it
      </button>{' '}
      <span role="status">{said}</span>
    </>
  )
}

function Mute() {
  const server = useServer()
  const [said, setSaid] = useState('')
  const mute = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const given = new FormData(form)
    const text = (name: string) => String(given.get(name) ?? '').trim()
    saveAuthor(text('author'))
    const service = text('service')
    try {
      await server.send('POST', '/api/v1/silences', {
        author: text('author'),
        duration: text('duration'),
        ...(service !== '' && { service }),
        ...(text('note') !== '' && { note: text('note') }),
      })
      setSaid('Muted.')
      form.reset()
    } catch (error) {
      setSaid(`It was not muted: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return (
    <form class="filters" onSubmit={(event) => void mute(event)}>
      <label>
        Service
        <input name="service" placeholder="everything" maxLength={200} />
      </label>
      <label>
        For
        <select name="duration">
          {LENGTHS.map((length) => (
            <option key={length}>{length}</option>
          ))}
        </select>
      </label>
      <label>
        Why
        <input name="note" maxLength={500} />
      </label>
      <label>
        By
        <input name="author" required maxLength={100} defaultValue={readAuthor()} autoComplete="name" />
      </label>
      <button type="submit" class="button">
        Mute
      </button>
      <span role="status">{said}</span>
    </form>
  )
}
