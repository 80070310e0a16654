import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { blameWorld } from '../../bench/blame-world.ts'
import { judgeWorld } from '../../bench/judge.ts'
import { namesCulprit } from '../../bench/score.ts'
import { flavourNamed } from '../../worlds/flavours.ts'
import { planWorld } from '../../worlds/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'blame-world-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the quick loop names the culprits of plain faults, and says the same from what it kept of the log', async () => {
  const world = planWorld(12, {
    ...flavourNamed('small'),
    hours: 6,
    plainShare: 1,
    rampShare: 0,
    kinds: ['bad_deploy'],
  })
  const drawn = await blameWorld(world, { folder, trusts: false })
  const { faults } = judgeWorld(drawn.facts, drawn.findings)
  const asked = faults.filter(({ detectable }) => detectable)
  expect(asked.length).toBeGreaterThan(1)
  expect(asked.filter(namesCulprit)).toEqual(asked)
  expect(await blameWorld(world, { folder, trusts: false })).toEqual(drawn)
})
