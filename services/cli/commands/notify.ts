import type { Command } from 'commander'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { InputError } from '../../../shared/runtime/errors.ts'
import { configuredTargets } from '../../notifier/config.ts'
import { sendSample } from '../../notifier/send-sample.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfig } from '../config.ts'
import { openChannels } from '../live/open-channels.ts'

export function addNotifyCommand(program: Command, context: CommandContext): void {
  program
    .command('notify')
    .description('About who is told of incidents.')
    .command('test')
    .description('Sends a sample, labelled as one, to everybody who is told of incidents, and its end.')
    .option('--config <F>', 'the configuration, YAML; culprit.yaml in this directory when there is one')
    .action((flags: { readonly config?: string }) => test(flags.config, context))
}

async function test(path: string | undefined, { terminal, environment, nowMs }: CommandContext): Promise<void> {
  const { notify } = await readConfig(path, environment)
  const targets = configuredTargets(notify)
  if (targets.length === 0) throw new InputError('nobody is told of incidents: set notify.slack or another channel')
  const channels = await openChannels(notify, nowMs)
  const publicUrl = notify.public_url ?? null
  let failed = 0
  for (const target of targets) {
    const problem = await sendSample(channels.channelOf(target), target, { nowMs: nowMs(), publicUrl }).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    if (problem !== undefined) failed += 1
    await terminal.write(`${visibleText(target)}: ${problem === undefined ? 'sent' : visibleText(problem)}\n`)
  }
  if (failed > 0) throw new InputError(`${failed} of ${targets.length} did not get the sample`)
}
