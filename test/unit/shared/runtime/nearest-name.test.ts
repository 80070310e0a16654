import { expect, test } from 'vitest'
import { nearestName } from '../../../../shared/runtime/nearest-name.ts'

const names = ['minimum_ratio', 'minimum_uplift', 'false_alarms_per_week', 'lookback']

test.each([
  ['minimum_ration', 'minimum_ratio'],
  ['minimumRatio', 'minimum_ratio'],
  ['MINIMUM_UPLIFT', 'minimum_uplift'],
  ['lokback', 'lookback'],
  ['false_alarm_per_weeks', 'false_alarms_per_week'],
  ['colour', undefined],
  ['', undefined],
])('%s was meant to be %s', (written, meant) => {
  expect(nearestName(written, names)).toBe(meant)
})
