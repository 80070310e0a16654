import { type Command, Option } from 'commander'
import { z } from 'zod'
import { CHANGE_KINDS, CHANGE_STATUSES } from '../../../shared/domain/change.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import type { CommandContext } from '../command-context.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface ChangeFlags extends ServerFlags {
  readonly id?: string
  readonly ts?: string
  readonly finishedAt?: string
  readonly kind?: string
  readonly service?: string
  readonly env?: string
  readonly version?: string
  readonly previousVersion?: string
  readonly status?: string
  readonly title?: string
  readonly author?: string
  readonly url?: string
  readonly commit?: string
  readonly repo?: string
  readonly pullRequest?: string
  readonly irreversible?: boolean
  readonly rollback?: string
  readonly json?: boolean
}

export function addChangeCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('change'))
    .description('Tells a running server of a change: a deploy, a config edit, a flag. For CI scripts.')
    .option('--service <S>', 'what was changed; without it the whole platform')
    .option('--version <V>', 'what runs from now on')
    .option('--previous-version <V>', 'what ran before')
    .addOption(new Option('--kind <K>', 'deploy when there is a version').choices(CHANGE_KINDS))
    .addOption(new Option('--status <S>', 'succeeded when not said').choices(CHANGE_STATUSES))
    .option('--env <E>', 'where; prod when not said')
    .option('--id <I>', 'the same id again is the same change')
    .option('--ts <T>', 'when it began, RFC 3339 or epoch; now when not said')
    .option('--finished-at <T>', 'when it was in effect everywhere')
    .option('--title <T>', 'what it does, for people')
    .option('--author <A>', 'whom to ask')
    .option('--url <U>', 'where to read more')
    .option('--commit <C>', 'the commit it is made of')
    .option('--repo <R>', 'owner/name')
    .option('--pull-request <P>', 'number or address')
    .option('--irreversible', 'a rollback is unsafe')
    .option('--rollback <COMMAND>', 'how to undo just this one')
    .option('--json', "the server's answer")
    .addHelpText('after', '\nExample:\n  culprit change --service checkout --version v42 --author "$USER"')
    .action((flags: ChangeFlags) => sendChange(flags, context))
}

const answerSchema = z.object({ ids: z.array(z.string()) })

async function sendChange(flags: ChangeFlags, context: CommandContext): Promise<void> {
  const change = {
    id: flags.id,
    ts: flags.ts ?? new Date(context.nowMs()).toISOString(),
    finished_at: flags.finishedAt,
    kind: flags.kind,
    service: flags.service,
    env: flags.env,
    version: flags.version,
    previous_version: flags.previousVersion,
    status: flags.status,
    title: flags.title,
    author: flags.author,
    url: flags.url,
    commit: flags.commit,
    repo: flags.repo,
    pull_request: flags.pullRequest,
    source: 'cli',
    reversible: flags.irreversible === true ? false : undefined,
    rollback: flags.rollback === undefined ? undefined : { command: flags.rollback },
  }
  const answer = await connect(flags, context).post('/api/v1/changes', JSON.stringify(change))
  const { ids } = answerSchema.parse(answer)
  const text = flags.json === true ? JSON.stringify(answer) : `the change is known as ${visibleText(ids.join(', '))}`
  await context.terminal.write(`${text}\n`)
}
