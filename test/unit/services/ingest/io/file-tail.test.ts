import { appendFile, copyFile, mkdtemp, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { byForm } from '../../../../support/long-form.ts'
import { type Bench, openBench, sourceOf } from './tail-bench.ts'

const GRACE_MS = 60_000
const LONG_LINE = 'x'.repeat(110_000)

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'culprit-tail-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const shown = (lines: readonly string[]) => lines.map((line) => line.replaceAll(LONG_LINE, '…')).toSorted()

type Step =
  | { readonly kind: 'append'; readonly lines: number; readonly end: '\n' | '\r\n'; readonly isLong: boolean }
  | { readonly kind: 'part' | 'look' | 'rename' | 'copytruncate' | 'slow copytruncate' | 'delete' | 'late' }
  | { readonly kind: 'restart' | 'wait' | 'refuse' | 'keep and fail' | 'crash' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      lines: fc.integer({ min: 1, max: 5 }),
      end: fc.constantFrom('\n' as const, '\r\n' as const),
      isLong: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'part',
        'look',
        'rename',
        'copytruncate',
        'slow copytruncate',
        'delete',
        'late',
        'restart',
        'wait' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('refuse', 'keep and fail', 'crash' as const) }),
  },
)

/** Plays the steps on real files, and says which lines there were. */
async function play(steps: readonly Step[], bench: Bench, path: string): Promise<string[]> {
  const written: string[] = []
  let [number, rotations] = [0, 0]
  let part = ''
  let renamed: string | undefined
  const newLine = () => `line ${String(number++).padStart(6, '0')}`
  const endPart = () => {
    if (part !== '') written.push(part)
    part = ''
  }
  const rotate = async (move: (to: string) => Promise<void>) => {
    // Twice between two looks would be a log that nobody saw.
    await bench.tail.look()
    const to = `${path}.${++rotations}`
    await move(to)
    endPart()
    return to
  }
  for (const step of steps) {
    switch (step.kind) {
      case 'append': {
        const lines = Array.from({ length: step.lines }, () => newLine() + (step.isLong ? LONG_LINE : ''))
        await appendFile(path, lines.map((line) => line + step.end).join(''))
        written.push(part + lines[0], ...lines.slice(1))
        part = ''
        break
      }
      case 'part': {
        const text = newLine()
        part += text
        await appendFile(path, text)
        break
      }
      case 'rename':
        renamed = await rotate((to) => rename(path, to))
        await writeFile(path, '')
        break
      case 'copytruncate':
      case 'slow copytruncate':
        await rotate(async (to) => {
          await copyFile(path, to)
          if (step.kind === 'slow copytruncate') await bench.tail.look()
          await truncate(path)
        })
        break
      case 'delete':
        await rotate(() => unlink(path))
        renamed = undefined
        await writeFile(path, '')
        await bench.tail.look()
        bench.later(GRACE_MS)
        await bench.tail.look()
        break
      case 'late':
        if (renamed === undefined) break
        written.push(newLine())
        await appendFile(renamed, `\n${written.at(-1)}\n`)
        break
      case 'look':
        await bench.tail.look()
        break
      case 'wait':
        renamed = undefined
        await bench.tail.look()
        bench.later(GRACE_MS)
        await bench.tail.look()
        break
      case 'restart':
        await bench.restart()
        break
      case 'refuse':
      case 'keep and fail':
        bench.keeper.set(step.kind)
        await bench.tail.look()
        bench.keeper.set('none')
        break
      case 'crash':
        bench.keeper.set('crash')
        await bench.tail.look().catch(() => {})
        await bench.restart()
        bench.keeper.set('none')
        break
    }
  }
  bench.later(GRACE_MS)
  for (let looks = 0; looks < 3; looks++) {
    await bench.tail.look()
    bench.later(GRACE_MS)
  }
  return written
}

const RUNS = byForm({ short: 40, long: 200 })

test.each(['access.log', 'access.log*'])(
  'every line of %s is kept exactly once, whatever becomes of the file, the process and the answers (row 5)',
  async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const directory = await mkdtemp(join(root, 'case-'))
        const path = join(directory, 'access.log')
        await writeFile(path, '')
        const bench = await openBench(sourceOf(join(directory, name)))
        await bench.tail.look()
        const written = await play(steps, bench, path)
        await bench.tail.stop()
        expect(shown(bench.keeper.lines())).toEqual(shown(written))
      }),
      { numRuns: RUNS },
    )
  },
  byForm({ short: 120_000, long: 900_000 }),
)
