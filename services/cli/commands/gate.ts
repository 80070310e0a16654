import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { parseDuration } from '../../../shared/runtime/duration.ts'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { ExitError } from '../exit-error.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface GateFlags extends ServerFlags {
  readonly service: string
  readonly version: string
  readonly env: string
  readonly wait: string
  readonly json?: boolean
}

const HARMFUL = 3
const TOO_LITTLE_TRAFFIC = 4
const ASK_EVERY_MS = 5_000

export function addGateCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('gate'))
    .description('Says whether a version may go on being rolled out, by what it does in traffic. For pipelines.')
    .requiredOption('--service <S>', 'the service')
    .requiredOption('--version <V>', 'the version, as the access log or the deploy names it')
    .option('--env <E>', 'where', 'prod')
    .option('--wait <D>', 'how long to watch at most', '10m')
    .option('--json', "the server's answer")
    .addHelpText(
      'after',
      `
Exit code 0: healthy. ${HARMFUL}: harmful, the evidence is printed.
${TOO_LITTLE_TRAFFIC}: not enough traffic to tell.

Example:
  culprit gate --service checkout --version v42 --wait 5m`,
    )
    .action((flags: GateFlags) => gate(flags, context))
}

const answerSchema = z.looseObject({
  verdict: z.enum(['healthy', 'harmful', 'too_little_traffic']),
  is_settled: z.boolean(),
  text: z.string(),
})

async function gate(flags: GateFlags, context: CommandContext): Promise<void> {
  const waitMs = parseDuration(flags.wait)
  if (waitMs === undefined) throw new InputError('--wait: write a duration like 90s or 10m', 'usage')
  const { service, version, env } = flags
  const endMs = context.nowMs() + waitMs
  const server = connect(flags, context)
  for (;;) {
    const answer = answerSchema.parse(await server.post('/api/v1/gates', JSON.stringify({ service, version, env })))
    const leftMs = endMs - context.nowMs()
    if (!answer.is_settled && leftMs > 0) {
      await sleep(Math.min(ASK_EVERY_MS, leftMs))
      continue
    }
    const words = { healthy: 'healthy', harmful: 'harmful', too_little_traffic: 'not enough traffic to tell' }
    const line = flags.json === true ? JSON.stringify(answer) : `${words[answer.verdict]}: ${visibleText(answer.text)}`
    await context.terminal.write(`${line}\n`)
    if (answer.verdict === 'harmful') throw new ExitError(HARMFUL)
    if (answer.verdict === 'too_little_traffic') throw new ExitError(TOO_LITTLE_TRAFFIC)
    return
  }
}
