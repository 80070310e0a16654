import { expect, test } from 'vitest'
import { z } from 'zod'
import { createPlannedSilences } from '../../../../services/cli/live/notifier-extras.ts'
import { notifySchema } from '../../../../services/notifier/config.ts'
import { createMaintenance } from '../../../../services/notifier/maintenance.ts'
import { loadConfig } from '../../../../shared/runtime/load-config.ts'
import { createCronMatcher, isCron } from '../../../../shared/runtime/schedule.ts'

const HOUR_MS = 3_600_000

test('a window lasts from its time on, in its own zone, and comes again', () => {
  const silencesAt = createMaintenance([
    {
      service: 'checkout',
      env: null,
      note: 'backups',
      lengthMs: 2 * HOUR_MS,
      begins: createCronMatcher('0 2 * * 0', 'Europe/Berlin'),
    },
  ])
  const isSilent = (at: string) => silencesAt(Date.parse(at)).length > 0
  // Sunday 22 November 2026, two in Berlin, is one in UTC.
  expect(isSilent('2026-11-22T00:59:59Z')).toBe(false)
  expect(isSilent('2026-11-22T01:00:00Z')).toBe(true)
  expect(isSilent('2026-11-22T02:59:59Z')).toBe(true)
  expect(isSilent('2026-11-22T03:00:00Z')).toBe(false)
  expect(isSilent('2026-11-29T01:30:00Z')).toBe(true)
})

test('a window that is under way at the start is known, with its end and its reason', () => {
  const begins = createCronMatcher('30 13 * * *', 'UTC')
  const silencesAt = createMaintenance([{ service: null, env: 'prod', note: 'deploys', lengthMs: HOUR_MS, begins }])
  expect(silencesAt(Date.parse('2026-11-22T14:10:00Z'))).toMatchObject([
    { note: 'deploys', env: 'prod', service: null, endsAtMs: Date.parse('2026-11-22T14:30:00Z') },
  ])
})

test.each([
  ['0 2 * * 0', true],
  ['*/15 9-17 * * 1-5', true],
  ['0 2 * *', false],
  ['99 2 * * 0', false],
  ['* * * * * *', false],
])('%s is a time of five fields: %s', (text, expected) => {
  expect(isCron(text)).toBe(expected)
})

test('what the configuration plans is listed as a silence: the window under way, else the next', () => {
  const { notify } = loadConfig(z.strictObject({ notify: notifySchema }), {
    file: {
      path: 'culprit.yaml',
      text: 'notify:\n  maintenance:\n    - { cron: "* * * * *", for: 1h }\n    - { service: search, cron: "0 2 * * 0", for: 2h, note: reindexing }\n',
    },
    environment: {},
  })
  const nowMs = Date.now()
  const [always, weekly] = createPlannedSilences(notify, () => nowMs)()
  expect(always).toMatchObject({ id: 'maintenance_0', service: null, author: 'configuration', origin: 'configuration' })
  expect(Date.parse(always?.starts_at ?? '')).toBeLessThanOrEqual(nowMs)
  expect(weekly).toMatchObject({ id: 'maintenance_1', service: 'search', note: 'reindexing' })
  expect(new Date(weekly?.starts_at ?? '').getUTCDay()).toBe(0)
  expect(Date.parse(weekly?.ends_at ?? '') - Date.parse(weekly?.starts_at ?? '')).toBe(2 * HOUR_MS)
  expect(Date.parse(weekly?.ends_at ?? '')).toBeGreaterThan(nowMs)
})
