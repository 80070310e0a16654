import { useEffect, useState } from 'preact/hooks'
import { ChangesPage } from './pages/changes.tsx'
import { IncidentPage } from './pages/incident.tsx'
import { NowPage } from './pages/now.tsx'
import { ServicePage } from './pages/service.tsx'
import { SetupPage } from './pages/setup.tsx'
import { LiveMark } from './parts/live-mark.tsx'
import { SignIn, SignOut } from './parts/sign-in.tsx'
import { ThemeChoice } from './parts/theme-choice.tsx'
import { Link, type Place, usePlace } from './router.tsx'
import { useServer } from './server/server.ts'
import { BlameAtContext, readBlameAt, useBlameAt } from './server/settings.ts'
import { useAnswer } from './server/use-answer.ts'
import { viewerZone } from './words/when.ts'

const SECTIONS = [
  { to: '/', name: 'Now' },
  { to: '/changes', name: 'Changes' },
  { to: '/setup', name: 'Set-up' },
] as const

export function App() {
  const place = usePlace()
  const needsToken = useNeedsToken()
  const told = useAnswer('/api/v1/settings', readBlameAt)
  const usual = useBlameAt()
  return (
    <div class="page">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header>
        <Link to="/" class="wordmark">
          Culprit
        </Link>
        <nav aria-label="Sections">
          {SECTIONS.map(({ to, name }) => (
            <Link key={to} to={to} current={isCurrent(to, place)}>
              {name}
            </Link>
          ))}
        </nav>
        <div class="aside">
          <LiveMark />
          <ThemeChoice />
          {!needsToken && <SignOut />}
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {needsToken ? (
          <SignIn />
        ) : (
          <BlameAtContext.Provider value={told.kind === 'ready' ? told.value : usual}>
            <Page place={place} />
          </BlameAtContext.Provider>
        )}
      </main>
      <footer>Times are those of {viewerZone()}; point at one to see UTC.</footer>
    </div>
  )
}

function Page({ place }: { readonly place: Place }) {
  const [section, name] = place.parts
  if (section === undefined) return <NowPage />
  if (section === 'incidents' && name !== undefined) return <IncidentPage key={name} id={name} />
  if (section === 'services' && name !== undefined)
    return <ServicePage key={name} name={name} env={place.query.get('env') ?? 'prod'} />
  if (section === 'changes') return <ChangesPage query={place.query} />
  if (section === 'setup') return <SetupPage />
  return (
    <>
      <h1>Nothing is here</h1>
      <p>
        <Link to="/">What is happening now</Link>
      </p>
    </>
  )
}

function isCurrent(to: string, { parts }: Place): boolean {
  return `/${parts[0] ?? ''}` === to || (to === '/' && (parts[0] === 'incidents' || parts[0] === 'services'))
}

/** Whether the server asked for a token that it was not given. */
function useNeedsToken(): boolean {
  const server = useServer()
  const [needs, setNeeds] = useState(server.needsToken())
  useEffect(() => server.onTokenNeed(() => setNeeds(server.needsToken())), [server])
  return needs
}
