import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyCommands } from '../../../../../services/notifier/core/silence.ts'
import { storeSilences } from '../../../../../services/notifier/io/silences-table.ts'
import { readJsonMessages } from '../../../../../shared/bus/json-messages.ts'
import { commandSchema } from '../../../../../shared/domain/command.ts'
import { type ApiServer, PLANNED_SILENCE, startApiServer } from '../../../../support/api-server.ts'
import { runCommand } from '../../../../support/run-command.ts'

const NOW_MS = Date.parse('2026-10-02T14:05:00Z')
let api: ApiServer
let address: string

beforeAll(async () => {
  api = await startApiServer(NOW_MS, [PLANNED_SILENCE])
  const known = new Map<string, ReturnType<typeof applyCommands>[number]>()
  let words = NOW_MS
  // What the notifier does with them.
  await api.bus.subscribe({
    topic: 'commands',
    group: 'notifier',
    async handle(messages) {
      const moved = applyCommands(
        known,
        readJsonMessages(messages, commandSchema, () => {}),
      )
      for (const silence of moved) known.set(silence.id, silence)
      words += 1
      await storeSilences(api.store, moved, words)
    },
  })
  address = await api.server.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(() => api.close())

const silence = (...given: readonly string[]) =>
  runCommand(['silence', '--server', address, ...given], { environment: { USER: 'ana' }, nowMs: () => NOW_MS })

test('what is muted is listed with its author and its end, a window of the configuration as such, and can be ended', async () => {
  expect(await silence()).toEqual({
    code: 0,
    text: 'search, next 2026-10-04 00:00 – 2026-10-04 02:00 UTC by configuration:\nreindexing\n',
  })
  const made = await silence('--service', 'checkout', '--env', 'prod', '--for', '2h', '--note', 'moving \u001b[31mit')
  expect(made).toMatchObject({
    code: 0,
    text: expect.stringMatching(/^muted; to end it:\n {2}culprit silence --end sil_\S+\n$/),
  })
  const id = /sil_\S+/.exec(made.text)?.[0] ?? ''
  await expect.poll(async () => (await silence()).text).toContain(id)
  const { text } = await silence()
  expect(text).toMatch(/^checkout in prod, 2026-10-02 14:05 – 2026-10-02 16:05 UTC by ana: moving\n/)
  expect(text).not.toContain('\u001b')
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
  expect(JSON.parse((await silence('--json')).text)).toMatchObject({ items: [{ id, author: 'ana' }, PLANNED_SILENCE] })
  expect(await silence('--end', id)).toEqual({ code: 0, text: 'the silence is over\n' })
  await expect.poll(async () => (await silence()).text).not.toContain(id)
})

test.each([
  ['with no end', ['--service', 'checkout'], 2, 'say how long: --for 2h, or --until'],
  ['of nothing', ['--for', '2h'], 2, 'say what to mute: --service, --env, --incident or --everything'],
  [
    'of a length that nobody can read',
    ['--everything', '--for', 'a while'],
    1,
    'duration: write it like 90m, 2h or 7d',
  ],
  ['of a year', ['--everything', '--for', '365d'], 1, 'a silence lasts 90 days at most'],
  ['that is over', ['--everything', '--until', '2026-10-02T14:00:00Z'], 1, 'ends_at: must be after starts_at'],
  ['that nobody knows', ['--end', 'sil_nobody'], 1, 'no silence has the id sil_nobody'],
  [
    'that the configuration plans',
    ['--end', 'maintenance_0'],
    1,
    'maintenance_0 is a maintenance window of the configuration',
  ],
])('a silence %s is refused with the reason', async (_what, given, code, said) => {
  const answer = await silence(...given)
  expect(answer.code).toBe(code)
  expect(answer.text).toContain(said)
})

test('who mutes has to be known', async () => {
  const given = ['silence', '--server', address, '--everything', '--for', '1h']
  expect(await runCommand(given)).toMatchObject({ code: 2, text: expect.stringContaining('say who mutes: --author') })
})
