import { render } from 'preact'
import { z } from 'zod'
import { App } from './app.tsx'
import { createServer, ServerContext } from './server/server.ts'
import { applyTheme } from './theme.ts'

// Compiled schemas are evaluated from text, which the page's own security policy forbids.
z.config({ jitless: true })

const root = document.getElementById('app')
if (root === null) throw new Error('the page has no place for the app')
applyTheme()
const server = createServer()
render(
  <ServerContext.Provider value={server}>
    <App />
  </ServerContext.Provider>,
  root,
)
