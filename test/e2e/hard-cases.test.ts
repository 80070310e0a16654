import { expect, test } from 'vitest'
import { runHardCase } from '../bench/judge-hard-case.ts'
import { CLIENT_ERROR_CASES } from '../worlds/hard-cases/client-errors.ts'
import { FAULT_CASES } from '../worlds/hard-cases/faults.ts'
import { HARMLESS_CASES } from '../worlds/hard-cases/harmless.ts'
import { SLOW_CASES } from '../worlds/hard-cases/slow.ts'

const cases = [...FAULT_CASES, ...SLOW_CASES, ...CLIENT_ERROR_CASES, ...HARMLESS_CASES].map(
  (hardCase) => [hardCase.promise, hardCase] as const,
)

test.each(cases)('%s', { timeout: 60_000 }, async (_promise, hardCase) => {
  expect(await runHardCase(hardCase)).toEqual([])
})
