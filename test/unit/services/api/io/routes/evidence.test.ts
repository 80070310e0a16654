import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { evidenceRoutes } from '../../../../../../services/api/io/routes/evidence.ts'
import type { Incident } from '../../../../../../shared/domain/incident.ts'
import { type IncidentDocument, incidentToWire } from '../../../../../../shared/domain/incident-wire.ts'
import { createHttpServer } from '../../../../../../shared/runtime/http-server.ts'
import { createLog } from '../../../../../../shared/runtime/log.ts'
import { evidence, incident } from '../../../cli/incident-samples.ts'

const CELL_MS = 10_000
/** As the store has it, and as it is judged once more: one judging at a time, when the test says so. */
let told: IncidentDocument = incidentToWire(incident())
let nowMs = 0
let judged = 0
let mayJudge: Promise<void> = Promise.resolve()
const server = await createHttpServer({ log: createLog({ level: 'silent', write: () => {} }) }, [
  evidenceRoutes({
    query: async (row) => [row.parse({ document: JSON.stringify(told) })],
    nowMs: () => nowMs,
    recompute: async (document) => {
      judged += 1
      await mayJudge
      return { incident: document, queriesOf: () => [] }
    },
  }),
])

afterAll(() => server.close())

const answer = z.object({ text: z.string(), same: z.boolean(), recomputed: z.object({ text: z.string() }) })

async function ask(n: number) {
  const { payload } = await server.inject({ url: `/api/v1/incidents/${told.id}/evidence/${n}` })
  return answer.parse(JSON.parse(payload))
}

function tellAnew(id: string, said: Incident['suspects'][number]['evidence']): void {
  const sample = incident({ id })
  told = incidentToWire({ ...sample, suspects: sample.suspects.map((suspect) => ({ ...suspect, evidence: said })) })
}

test('an incident that is told as before is judged again once, however many of its sentences are asked for', async () => {
  tellAnew('inc_same', [evidence(2, 'it began with it'), evidence(1, 'only the new one fails', 'version_split')])
  const before = judged
  for (const n of [0, 1, 0]) expect((await ask(n)).same).toBe(true)
  nowMs += 6 * CELL_MS
  await ask(1)
  expect(judged - before).toBe(1)
})

test('of one that moves on the sentence of a cell ago is told at once, and the new one after it', async () => {
  tellAnew('inc_moving', [evidence(2, 'it began 10 s after it')])
  await ask(0)
  tellAnew('inc_moving', [evidence(2, 'it began 20 s after it')])
  let judge = () => {}
  mayJudge = new Promise((resolve) => {
    judge = resolve
  })
  const older = { text: 'it began 10 s after it', same: true, recomputed: { text: 'it began 10 s after it' } }
  expect(await ask(0)).toMatchObject(older)
  judge()
  await expect.poll(async () => (await ask(0)).text).toBe('it began 20 s after it')
  tellAnew('inc_moving', [evidence(2, 'it began 30 s after it')])
  nowMs += CELL_MS
  expect((await ask(0)).text).toBe('it began 30 s after it')
})

test('a sentence that was not told a cell ago is never answered with another one', async () => {
  tellAnew('inc_turning', [evidence(2, 'it began with it')])
  await ask(0)
  tellAnew('inc_turning', [evidence(2, 'only the new one fails', 'version_split')])
  expect((await ask(0)).text).toBe('only the new one fails')
})
