import fastifyStatic from '@fastify/static'
import type { HttpRoutes } from './http-server.ts'

/**
 * Only files of our own, nothing inline, nothing from elsewhere, in nobody's frame: a text from a log that were taken for
 * markup could still do nothing.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Addresses within the page: a deep link to one is answered with the page, which then shows it. */
const PLACES = ['/', '/incidents/*', '/services', '/services/*', '/changes', '/setup'] as const
const YEAR_MS = 365 * 24 * 3_600_000

/** Serves the dashboard, built into `directory`; without one, says how to build it. */
export function pageRoutes(directory: string | undefined): HttpRoutes {
  return async (server) => {
    // The page is nobody's secret; what it shows, it asks for with the viewer's token.
    server.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: 'public' }
    })
    if (directory === undefined) {
      server.get('/', async (_request, reply) => reply.headers(HEADERS).type('text/plain').send(NOT_BUILT))
      return
    }
    server.addHook('onSend', async (_request, reply) => {
      reply.headers(HEADERS)
    })
    // The names of these files change with what is in them.
    await server.register(fastifyStatic, {
      root: `${directory}/assets`,
      prefix: '/assets/',
      index: false,
      immutable: true,
      maxAge: YEAR_MS,
    })
    for (const place of PLACES)
      server.get(place, (_request, reply) => reply.sendFile('index.html', directory, { maxAge: 0, immutable: false }))
    server.get('/favicon.svg', (_request, reply) => reply.sendFile('favicon.svg', directory))
  }
}

const NOT_BUILT = 'The dashboard is not built: npm run build makes it. The API answers all the same.\n'

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}
