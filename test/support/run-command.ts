import { Readable } from 'node:stream'
import { run } from '../../services/cli/run.ts'

/** What a command of ours answers, in this process and 80 columns: its exit code, and all that it wrote. */
export async function runCommand(
  given: readonly string[],
  { environment = {}, nowMs = Date.now }: { environment?: Readonly<Record<string, string>>; nowMs?: () => number } = {},
): Promise<{ code: number; text: string }> {
  let text = ''
  const keep = (piece: string) => {
    text += piece
  }
  const terminal = {
    stdin: Readable.from([]),
    columns: 80,
    colour: false,
    watched: false,
    write: async (piece: string) => keep(piece),
    writeError: keep,
    flush: async () => {},
  }
  const code = await run([...given], { terminal, environment, nowMs })
  return { code, text }
}
