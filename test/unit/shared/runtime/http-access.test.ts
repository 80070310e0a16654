import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Access } from '../../../../shared/runtime/http-access.ts'
import { createHttpServer } from '../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../shared/runtime/log.ts'

const log = createLog({ level: 'silent', write: () => {} })
const tokenOf = (name: string, scopes: Access['tokens'][number]['scopes']) => {
  return { name, scopes, sha256: createHash('sha256').update(`secret of ${name}`.replaceAll(' ', '-')).digest('hex') }
}
const TOKENS = [
  tokenOf('ci', ['changes']),
  tokenOf('screen', ['read']),
  tokenOf('duty', ['operate']),
  tokenOf('root', ['admin']),
]

async function serve(access: Access, requestsPerMinute = 100) {
  const server = await createHttpServer(
    { log },
    [
      async (routes) => {
        routes.get('/read', async () => ({}))
        routes.post('/operate', async () => ({}))
        routes.post('/changes', { config: { scope: 'changes' } }, async () => ({}))
        routes.post('/events', { config: { scope: 'ingest' } }, async () => ({}))
        routes.get('/public', { config: { scope: 'public' } }, async () => ({}))
      },
    ],
    { access, requestsPerMinute },
  )
  return async (path: string, headers: Record<string, string> = {}) => {
    const method =
      path === '/read' || path === '/public' || path.startsWith('/docs') || path === '/openapi.json' ? 'GET' : 'POST'
    const answer = await server.inject({ method, url: path, headers })
    return { status: answer.statusCode, headers: answer.headers, text: answer.payload }
  }
}

const bearer = (name: string) => ({ authorization: `Bearer secret-of-${name}` })

test.each([
  ['ci', { '/read': 403, '/operate': 403, '/changes': 200, '/events': 403, '/public': 200 }],
  ['screen', { '/read': 200, '/operate': 403, '/changes': 403, '/events': 403 }],
  ['duty', { '/read': 200, '/operate': 200, '/changes': 403 }],
  ['root', { '/read': 200, '/operate': 200, '/changes': 200, '/events': 200 }],
  ['nobody', { '/read': 401, '/operate': 401, '/changes': 401, '/events': 401, '/public': 200, '/openapi.json': 200 }],
])('the token of %s opens what its scopes are for, and nothing else', async (name, statuses) => {
  const ask = await serve({ tokens: TOKENS, isLocal: false })
  for (const [path, status] of Object.entries(statuses))
    expect((await ask(path, bearer(name))).status, path).toBe(status)
})

test('without a token nothing is told, and how to send one is', async () => {
  const ask = await serve({ tokens: TOKENS, isLocal: true })
  const answer = await ask('/read')
  expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
  expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
  expect(answer.text).toContain('"code":"unauthorized"')
  for (const wrong of ['Bearer', 'Basic c2VjcmV0LW9mLXJvb3Q6', `Bearer ${TOKENS[3]?.sha256}`])
    expect((await ask('/read', { authorization: wrong })).status).toBe(401)
})

test('without tokens a server of this machine answers to its own names alone', async () => {
  const ask = await serve({ tokens: [], isLocal: true })
  for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'demo.localhost'])
    expect((await ask('/read', { host })).status, host).toBe(200)
  for (const host of ['evil.example', '127.0.0.1.evil.example', '10.0.0.1'])
    expect((await ask('/read', { host })).status, host).toBe(403)
})

test('a page of another site can change nothing', async () => {
  const ask = await serve({ tokens: [], isLocal: true })
  for (const path of ['/operate', '/changes', '/events'])
    expect((await ask(path, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await ask('/operate', { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
})

test('no answer lets a browser run, frame or share anything', async () => {
  const ask = await serve({ tokens: [], isLocal: true })
  for (const path of ['/read', '/docs', '/nothing']) {
    const { headers } = await ask(path, { origin: 'https://evil.example' })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  }
})

test('who asks too often is told when to come back; events are held back by other means', async () => {
  const ask = await serve({ tokens: [], isLocal: true }, 5)
  for (let times = 0; times < 5; times++) expect((await ask('/read')).status).toBe(200)
  const refused = await ask('/read')
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } })
  expect(refused.text).toContain('"code":"too_many_requests"')
  for (let times = 0; times < 20; times++) expect((await ask('/events')).status).toBe(200)
})

test('pages of other sites are let in by name alone, and asked for a token like anybody', async () => {
  const origins = ['https://ops.example']
  const server = await createHttpServer({ log }, [async (routes) => void routes.post('/operate', async () => ({}))], {
    access: { tokens: TOKENS, isLocal: false, origins },
  })
  const ask = async (method: 'POST' | 'OPTIONS', origin: string, more: Record<string, string> = {}) => {
    const headers = { origin, 'sec-fetch-site': 'cross-site', ...more }
    const answer = await server.inject({ method, url: '/operate', headers })
    return { status: answer.statusCode, allowed: answer.headers['access-control-allow-origin'] }
  }
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
  const [ops = ''] = origins
  expect(await ask('OPTIONS', ops, preflight)).toEqual({ status: 204, allowed: ops })
  expect(await ask('POST', ops, bearer('duty'))).toEqual({ status: 200, allowed: ops })
  expect(await ask('POST', ops)).toMatchObject({ status: 401 })
  expect((await ask('OPTIONS', 'https://evil.example', preflight)).allowed).not.toBe('https://evil.example')
  expect(await ask('POST', 'https://evil.example', bearer('duty'))).toMatchObject({ status: 403 })
})

test('without such a list no other site is told anything', async () => {
  const server = await createHttpServer({ log }, [async (routes) => void routes.get('/read', async () => ({}))])
  const headers = { origin: 'https://ops.example', host: 'localhost' }
  const answer = await server.inject({ method: 'GET', url: '/read', headers })
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
})
