import { expect, test, vi } from 'vitest'
import { createProgram } from '../../../../services/cli/run.ts'
import { openTerminal } from '../../../../services/cli/terminal.ts'

// All commands are loaded, which takes a busy machine long.
vi.setConfig({ testTimeout: 120_000 })

const terminal = { ...openTerminal(process), columns: 200 }

/** The help of every command, by its name. */
async function readHelp(): Promise<Map<string, string>> {
  const said: string[] = []
  const load = () => createProgram({ terminal, environment: {}, nowMs: () => 0 }, (text) => said.push(text))
  const helps = new Map<string, string>()
  for (const command of (await load()).commands) {
    said.length = 0
    const program = await load()
    await program.parseAsync([command.name(), '--help'], { from: 'user' }).catch(() => {})
    helps.set(command.name(), said.join(''))
  }
  return helps
}

test('the help of every command says what it does, in eighty columns', async () => {
  const helps = await readHelp()
  expect(helps.size).toBeGreaterThan(10)
  for (const [name, help] of helps) {
    expect(help).toMatch(new RegExp(`^Usage: culprit ${name} .*\\n\\n[A-Z]`))
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
  }
})

test('what reads logs shows an example of it', async () => {
  const helps = await readHelp()
  for (const name of ['replay', 'parse']) expect(helps.get(name)).toMatch(/\n {2}culprit (replay|parse) .*access\.log/)
})
