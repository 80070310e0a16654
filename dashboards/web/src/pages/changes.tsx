import { useEffect } from 'preact/hooks'
import { AnswerState } from '../parts/answer-state.tsx'
import { ChangesTable } from '../parts/changes-table.tsx'
import { RecordLine } from '../parts/record-line.tsx'
import { goTo, Link } from '../router.tsx'
import { type ChangesPage as Page, readJudgedChanges, readRecord } from '../server/services.ts'
import { useAnswer } from '../server/use-answer.ts'

const EVERY_MS = 10_000
const FILTERS = [
  { key: 'service', label: 'Service' },
  { key: 'author', label: 'By' },
  { key: 'env', label: 'Environment' },
] as const
const VERDICTS = [
  { value: '', label: 'any verdict' },
  { value: 'guilty', label: 'guilty' },
  { value: 'healthy', label: 'healthy' },
  { value: 'undetermined', label: 'can’t tell yet' },
  { value: 'too_little_traffic', label: 'too little traffic' },
] as const

/** Every change with what came of it, newest first. */
export function ChangesPage({ query }: { readonly query: URLSearchParams }) {
  const asked = new URLSearchParams()
  for (const key of ['service', 'author', 'env', 'cursor']) {
    const value = query.get(key)
    if (value !== null && value !== '') asked.set(key, value)
  }
  const changes = useAnswer(`/api/v1/changes${suffix(asked)}`, readJudgedChanges, { everyMs: EVERY_MS })
  const record = useAnswer(`/api/v1/changes/record${suffix(only(asked, ['service', 'env']))}`, readRecord)
  useEffect(() => {
    document.title = 'Changes · Culprit'
  }, [])
  return (
    <>
      <h1>Changes</h1>
      {record.kind === 'ready' && <RecordLine record={record.value} />}
      <Filters query={query} />
      <AnswerState answer={changes} of="changes">
        {(page) => <Known page={page} query={query} />}
      </AnswerState>
    </>
  )
}

function Known({ page, query }: { readonly page: Page; readonly query: URLSearchParams }) {
  const verdict = query.get('verdict') ?? ''
  const shown = page.changes.filter(({ outcome }) => verdict === '' || outcome?.verdict === verdict)
  const isFiltered = [...query.values()].some((value) => value !== '')
  if (shown.length === 0)
    return (
      <p class="verdict">
        {isFiltered ? 'No change is like that.' : 'No change is known yet. '}
        {!isFiltered && <Link to="/setup">Connect what deploys</Link>}
      </p>
    )
  const older = new URLSearchParams(query)
  if (page.nextCursor !== null) older.set('cursor', page.nextCursor)
  return (
    <>
      <ChangesTable changes={shown} markedId={query.get('id') ?? undefined} />
      {page.nextCursor !== null && (
        <p class="pages">
          <Link to={`/changes?${older}`}>Older changes</Link>
        </p>
      )}
    </>
  )
}

function Filters({ query }: { readonly query: URLSearchParams }) {
  const set = (key: string, value: string) => {
    const next = new URLSearchParams(query)
    next.delete('cursor')
    next.delete('id')
    if (value === '') next.delete(key)
    else next.set(key, value)
    goTo(`/changes${suffix(next)}`, { replace: true })
  }
  return (
    <search class="filters">
      {FILTERS.map(({ key, label }) => (
        <label key={key}>
          {label}
          <input
            value={query.get(key) ?? ''}
            placeholder="any"
            onChange={({ currentTarget }) => set(key, currentTarget.value.trim())}
          />
        </label>
      ))}
      <label>
        Verdict
        <select
          value={query.get('verdict') ?? ''}
          onChange={({ currentTarget }) => set('verdict', currentTarget.value)}
        >
          {VERDICTS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </search>
  )
}

function only(query: URLSearchParams, keys: readonly string[]): URLSearchParams {
  return new URLSearchParams([...query].filter(([key]) => keys.includes(key)))
}

function suffix(query: URLSearchParams): string {
  return query.size === 0 ? '' : `?${query}`
}
