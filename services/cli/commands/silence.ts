import type { Command } from 'commander'
import { z } from 'zod'
import { type SilenceWire, silenceListSchema } from '../../../shared/domain/silence-wire.ts'
import { wrap } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { InputError } from '../../../shared/runtime/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface SilenceFlags extends ServerFlags {
  readonly service?: string
  readonly env?: string
  readonly incident?: string
  readonly everything?: boolean
  readonly for?: string
  readonly from?: string
  readonly until?: string
  readonly author?: string
  readonly note?: string
  readonly end?: string
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  culprit silence
  culprit silence --service checkout --for 2h --note 'moving the database'
  culprit silence --end sil_6a0c`

export function addSilenceCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('silence'))
    .description(
      'Lists what is muted on a running server, mutes, or ends a silence. Every silence has an author and an end.',
    )
    .option('--service <S>', 'incidents of this service')
    .option('--env <E>', 'in this environment; in any when not said')
    .option('--incident <ID>', 'this incident alone')
    .option('--everything', 'whatever happens')
    .option('--for <LENGTH>', 'how long: 90m, 2h, 7d')
    .option('--from <T>', 'from then on, RFC 3339; from now when not said')
    .option('--until <T>', 'instead of --for: RFC 3339')
    .option('--author <A>', 'who mutes; you when not said')
    .option('--note <N>', 'why')
    .option('--end <ID>', 'end this silence now')
    .option('--json', "the server's answer")
    .addHelpText('after', EXAMPLES)
    .action((flags: SilenceFlags) => {
      if (flags.end !== undefined) return end(flags.end, flags, context)
      const isAsked = [flags.service, flags.env, flags.incident, flags.for, flags.from, flags.until].some(
        (flag) => flag !== undefined,
      )
      return isAsked || flags.everything === true ? mute(flags, context) : list(flags, context)
    })
}

const receiptSchema = z.object({ id: z.string() })

async function list(flags: SilenceFlags, context: CommandContext): Promise<void> {
  const answer = await connect(flags, context).get('/api/v1/silences')
  if (flags.json === true) return context.terminal.write(`${JSON.stringify(answer, null, 2)}\n`)
  const rows = silenceListSchema.parse(answer).items.flatMap((silence) => toLines(silence, context))
  await context.terminal.write(rows.length === 0 ? 'Nothing is muted.\n' : `${rows.join('\n')}\n`)
}

async function mute(flags: SilenceFlags, context: CommandContext): Promise<void> {
  const { service, env, incident, everything, note } = flags
  if (service === undefined && env === undefined && incident === undefined && everything !== true)
    throw new InputError('say what to mute: --service, --env, --incident or --everything', 'usage')
  if (flags.for === undefined && flags.until === undefined)
    throw new InputError('say how long: --for 2h, or --until', 'usage')
  const author = flags.author ?? context.environment['USER'] ?? context.environment['USERNAME']
  if (author === undefined) throw new InputError('say who mutes: --author', 'usage')
  const body = {
    author,
    note,
    service,
    env,
    incident_id: incident,
    starts_at: flags.from,
    ends_at: flags.until,
    duration: flags.until === undefined ? flags.for : undefined,
  }
  const answer = await connect(flags, context).post('/api/v1/silences', JSON.stringify(body))
  const { id } = receiptSchema.parse(answer)
  const text =
    flags.json === true ? JSON.stringify(answer) : `muted; to end it:\n  culprit silence --end ${visibleText(id)}`
  await context.terminal.write(`${text}\n`)
}

async function end(id: string, flags: SilenceFlags, context: CommandContext): Promise<void> {
  const author = flags.author ?? context.environment['USER']
  const path = `/api/v1/silences/${encodeURIComponent(id)}`
  const answer = await connect(flags, context).delete(path, JSON.stringify({ author, note: flags.note }))
  await context.terminal.write(flags.json === true ? `${JSON.stringify(answer)}\n` : 'the silence is over\n')
}

/** `checkout, 2026-11-21 12:30 – 2026-11-21 14:30 UTC by ana: moving the database`, and below it the id where it can be ended. */
function toLines(
  { id, author, note, env, service, incident_id, starts_at, ends_at, origin }: SilenceWire,
  { terminal: { columns }, nowMs }: CommandContext,
): string[] {
  const what = [service, env === null ? null : `in ${env}`, incident_id].filter((part) => part !== null).join(' ')
  const minute = (at: string) => `${at.slice(0, 10)} ${at.slice(11, 16)}`
  const by = author === null ? '' : ` by ${author}`
  const why = note === null ? '' : `: ${note}`
  const next = Date.parse(starts_at) > nowMs() ? 'next ' : ''
  const when = `${origin === 'configuration' ? next : ''}${minute(starts_at)} – ${minute(ends_at)} UTC`
  const lines = wrap(visibleText(`${what === '' ? 'everything' : what}, ${when}${by}${why}`), columns)
  return origin === 'configuration' ? lines : [...lines, `  ${visibleText(id)}`]
}
