import { accessSync, constants, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'

const packageSchema = z.object({ bin: z.object({ culprit: z.string() }) })

test('after a build, the command that the package names can be run as it is', () => {
  const { bin } = packageSchema.parse(JSON.parse(readFileSync('package.json', 'utf8')))
  expect(readFileSync(bin.culprit, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  expect(() => accessSync(bin.culprit, constants.X_OK)).not.toThrow()
})
