import { expect, test } from 'vitest'
import { correlationSchema, toCorrelatorSettings } from '../../../../services/correlator/config.ts'
import { DEFAULT_SETTINGS } from '../../../../services/correlator/core/settings.ts'

test('no configuration at all is the defaults', () => {
  expect(toCorrelatorSettings(correlationSchema.parse({}), {})).toEqual(DEFAULT_SETTINGS)
})

test('reads durations, thresholds, aliases, calls and rollback templates', () => {
  const correlation = correlationSchema.parse({ lookback: '90m', blame_at: 0.7, env_aliases: { Blue: 'PROD' } })
  const settings = toCorrelatorSettings(correlation, {
    gateway: { calls: ['checkout'] },
    checkout: { rollback: 'make back' },
  })
  expect(settings).toMatchObject({
    lookbackMs: 5_400_000,
    blameAt: 0.7,
    envAliases: { blue: 'prod', production: 'prod' },
    services: { gateway: { calls: ['checkout'] }, checkout: { calls: [], rollback: 'make back' } },
  })
})

test.each([
  { lookback: '2 hours' },
  { lookback: '10s' },
  { lookback: '30d' },
  { blame_at: 0 },
  { blame_at: 2 },
  { lookbak: '2h' },
])('refuses %j', (given) => {
  expect(correlationSchema.safeParse(given).success).toBe(false)
})
