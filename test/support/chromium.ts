import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'

/** Debian's Chromium without a window; undefined, said aloud, where it is not installed. */
export async function startChromium(): Promise<Browser | undefined> {
  if (existsSync(CHROMIUM)) return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  process.stdout.write('skipped: no Chromium\n')
  return undefined
}
