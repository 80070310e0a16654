import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pageRoutes } from '../../../../shared/runtime/http-page.ts'
import { createHttpServer, type HttpServer } from '../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../shared/runtime/log.ts'

let directory: string
let server: HttpServer

const log = createLog({ level: 'silent', write: () => {} })

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'culprit-page-'))
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(directory, 'favicon.svg'), '<svg/>')
  writeFileSync(join(directory, 'assets', 'a-1.js'), '1')
  server = await createHttpServer({ log }, [pageRoutes(directory)])
})

afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

test.each(['/', '/incidents/inc_1', '/services/a%2Fb', '/changes?service=a', '/setup'])(
  'the deep link %s is answered with the page, which nothing may cache for long',
  async (url) => {
    const answer = await server.inject(url)
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('<title>page</title>')
    expect(answer.headers['cache-control']).toBe('public, max-age=0')
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'")
  },
)

test('files whose name changes with their content are kept for good, and nothing outside is served', async () => {
  const script = await server.inject('/assets/a-1.js')
  expect(script.headers['cache-control']).toContain('immutable')
  for (const url of ['/assets/../index.html', '/assets/..%2findex.html', '/assets/', '/package.json'])
    expect((await server.inject(url)).statusCode).toBeGreaterThanOrEqual(400)
})

test('without a built page the server says how to build one', async () => {
  const bare = await createHttpServer({ log }, [pageRoutes(undefined)])
  expect((await bare.inject('/')).body).toContain('npm run build')
  await bare.close()
})
