import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readConfig } from '../../services/cli/config.ts'
import { type RunningServices, startServices } from '../../services/cli/live/start-services.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { startCulprit } from '../e2e/start-culprit.ts'
import { startChromium } from '../support/chromium.ts'
import { HOSTILE } from '../support/hostile-texts.ts'
import { shopHour } from './shop-hour.ts'

// One server and one hour of a shop for all; the first test watches the incident appear, the others look at it.
const NARROW = { width: 360, height: 740 }
const WIDE = { width: 1280, height: 900 }
/** A page is drawn in well under a second; a machine that does other work as well takes longer. */
const TEST_MS_MAX = 120_000
const SCRIPT_BYTES_MAX = 150 * 1024

vi.setConfig({ testTimeout: TEST_MS_MAX })

let browser: Browser | undefined
let directory: string
let services: RunningServices
/** What any page said was wrong. */
const complaints: string[] = []

beforeAll(async () => {
  browser = await startChromium()
  directory = await mkdtemp(join(tmpdir(), 'culprit-page-'))
  const config = await readConfig(undefined, {
    CULPRIT_LISTEN__PORT: '0',
    CULPRIT_LISTEN__DRAIN: '0s',
    CULPRIT_DATA_DIRECTORY: directory,
    CULPRIT_NOTIFY__MAINTENANCE: '[{ service: search, cron: "0 2 * * 0", for: 2h, note: reindexing }]',
  })
  services = await startServices({ log: createLog({ level: 'silent', write: () => {} }), nowMs: Date.now }, config)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await services.stop()
  await rm(directory, { recursive: true, force: true, maxRetries: 5 })
})

async function post(path: string, body: string): Promise<void> {
  const response = await fetch(`${services.address}${path}`, { method: 'POST', body })
  expect(response.status).toBe(202)
}

async function openPage(path: string, options: BrowserContextOptions = {}): Promise<Page | undefined> {
  const context = await browser?.newContext({ viewport: WIDE, timezoneId: 'Europe/Berlin', ...options })
  if (context === undefined) return undefined
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${path}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`))
  page.on('dialog', (dialog) => complaints.push(`${path}: a dialog: ${dialog.message()}`))
  await page.goto(`${services.address}${path}`)
  return page
}

async function incidentPath(): Promise<string> {
  const response = await fetch(`${services.address}/api/v1/incidents`)
  const { items } = (await response.json()) as { items: { id: string; service: string }[] }
  return `/incidents/${items.find(({ service }) => service === 'checkout')?.id}`
}

test('an incident appears on an open page by itself, and names the change that did it', async () => {
  const page = await openPage('/')
  if (page === undefined) return
  await page.getByRole('heading', { name: 'Nothing is watched yet' }).waitFor()
  const { events, changes } = shopHour(Date.now())
  await post('/api/v1/changes', changes)
  await post('/api/v1/events?format=ndjson', events)
  const story = page.getByRole('link', { name: /checkout is failing \d+ % of requests/ })
  await story.waitFor({ timeout: 45_000 })
  await page.getByText(/(Certain|Very likely): deploy v42 by ana/).waitFor({ timeout: 15_000 })
  await page.getByRole('row', { name: /search/ }).waitFor()
  await story.click()
  await page.getByRole('heading', { level: 1, name: /checkout is failing/ }).waitFor()
  expect(new URL(page.url()).pathname).toBe(await incidentPath())
  await page.context().close()
})

test('an incident is drawn with its changes, argued with numbers, and undone with a command to copy', async () => {
  const page = await openPage(await incidentPath())
  if (page === undefined) return
  await page.locator('figure canvas').first().waitFor()
  expect(await page.locator('.marks').first().textContent()).toMatch(
    /deploy v42[\s\S]*first errors|first errors[\s\S]*deploy v42/,
  )
  await page.getByRole('heading', { name: 'By version' }).waitFor()
  await page.getByText('The numbers').first().click()
  await page.getByRole('columnheader', { name: 'failing' }).first().waitFor()
  await page.getByRole('button', { name: /v42 fails/ }).click()
  await page.getByText('How it is counted').waitFor()
  const command = await page.locator('.advice code').textContent()
  await page.getByRole('button', { name: 'Copy the command' }).click()
  await page.getByText('Copied').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(command)
  await page.context().close()
})

test('people say what they know: who is on it, and whether the suspect is right', async () => {
  const page = await openPage(await incidentPath())
  if (page === undefined) return
  await page.getByPlaceholder('your name').fill('kim')
  await page.getByRole('button', { name: 'Acknowledge' }).click()
  await page.getByText('kim is on it').waitFor()
  await page.getByRole('button', { name: 'Right suspect' }).click()
  await page.getByText('kim says the suspect is right').waitFor()
  await page.context().close()
})

test('every page, light and dark, wide and narrow, fits, has no serious fault for who can not see it, and complains of nothing', async () => {
  const paths = ['/', await incidentPath(), '/changes', '/services/checkout', '/setup']
  const looks = [
    { viewport: WIDE, colorScheme: 'light' },
    { viewport: NARROW, colorScheme: 'dark' },
  ] as const
  for (const look of looks) {
    const page = await openPage('/', look)
    if (page === undefined) return
    for (const path of paths) {
      await page.goto(`${services.address}${path}`)
      await page.locator('h1').first().waitFor({ state: 'attached' })
      await expect.poll(() => page.locator('.loading').count(), { timeout: 15_000 }).toBe(0)
      await page.evaluate(axe.source)
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      const said = serious.map(({ id, nodes }) => `${path} ${look.colorScheme} ${id}: ${nodes[0]?.html}`)
      expect(said).toEqual([])
      expect([path, await page.evaluate('document.documentElement.scrollWidth - innerWidth')]).toEqual([path, 0])
    }
    await page.context().close()
  }
  expect(complaints).toEqual([])
})

test('a maintenance window is shown as the configuration has it, and is not to be ended here', async () => {
  const page = await openPage('/setup')
  if (page === undefined) return
  const line = page.getByRole('listitem').filter({ hasText: 'reindexing' })
  await line.waitFor()
  expect(await line.textContent()).toMatch(/^search (?:next from .+ )?until .+, by configuration: reindexing/)
  expect(await line.getByRole('button').count()).toBe(0)
  await page.context().close()
})

test('the viewer’s choice of colours holds against that of the system', async () => {
  const page = await openPage('/', { colorScheme: 'light' })
  if (page === undefined) return
  const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await background()
  const choice = page.getByRole('button', { name: /^Colours/ })
  await choice.click()
  await choice.click()
  expect(await background()).not.toBe(light)
  await page.reload()
  expect(await choice.textContent()).toBe('Dark')
  expect(await background()).not.toBe(light)
  await page.context().close()
})

test('what an attacker writes into a log or a change is shown as text, and does nothing', async () => {
  for (const path of [
    '/',
    await incidentPath(),
    '/changes',
    '/setup',
    `/services/${encodeURIComponent(HOSTILE[0] ?? '')}`,
  ]) {
    const page = await openPage(path)
    if (page === undefined) return
    await expect.poll(() => page.locator('.loading').count(), { timeout: 15_000 }).toBe(0)
    expect(await page.evaluate('window.owned')).toBe(undefined)
    expect(await page.locator('main img, main script, main iframe, main [onload], main [onerror]').count()).toBe(0)
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0)
    expect(await page.locator('main').textContent()).not.toMatch(/\p{Cf}|(?!\s)\p{Cc}/u)
    await page.context().close()
  }
  for (const path of ['/api/v1/services', '/api/v1/changes', '/api/v1/incidents']) {
    const { headers } = await fetch(`${services.address}${path}`)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
  const { items } = (await (await fetch(`${services.address}/api/v1/services`)).json()) as { items: object[] }
  expect(items.length).toBe(HOSTILE.length + 2)
  const changes = await openPage('/changes')
  await changes?.getByText('<svg onload=window.owned=1>').first().waitFor()
  await changes?.context().close()
})

test('a server with tokens asks for one, says that a wrong one is, keeps the right one over a reload, and forgets it when told', async () => {
  if (browser === undefined) return
  const own = await mkdtemp(join(tmpdir(), 'culprit-page-'))
  const token = 'a secret that is long enough'.replaceAll(' ', '-')
  const server = await startCulprit(own, {
    environment: {
      CULPRIT_TOKENS__PAGE__SHA256: createHash('sha256').update(token).digest('hex'),
      CULPRIT_TOKENS__PAGE__SCOPES: '[read]',
      CULPRIT_DATA_DIRECTORY: own,
      CULPRIT_LISTEN__DRAIN: '0s',
    },
  })
  const page = await browser.newPage()
  const offer = async (text: string) => {
    await page.getByLabel('API token').fill(text)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  await page.goto(server.address)
  await page.getByText('It is kept for this tab only').waitFor()
  await offer('wrong')
  await page.getByText('It did not accept the one it was given').waitFor()
  await offer(token)
  await page.getByRole('heading', { name: 'Nothing is watched yet' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Nothing is watched yet' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('It is kept for this tab only').waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'This server wants a token' }).waitFor()
  await page.close()
  server.process.kill('SIGTERM')
  await server.ended
  await rm(own, { recursive: true, force: true, maxRetries: 5 })
})

test('the page may load nothing from elsewhere and run nothing that is written inside it', async () => {
  const policy = (await fetch(services.address)).headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(policy).not.toMatch(/https?:|\*/)
})

test('all scripts together are at most 150 kB on the wire', () => {
  const assets = new URL('../../dist/page/assets/', import.meta.url)
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'))
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, assets))).length, 0)
  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThan(SCRIPT_BYTES_MAX)
})
