import type { Command } from 'commander'
import { wrap } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'
import { OperationError } from '../../../shared/runtime/errors.ts'
import type { CommandContext } from '../command-context.ts'
import { examine } from '../doctor/examine.ts'
import type { Finding } from '../doctor/findings.ts'
import { createPage } from '../render/incident-block.ts'
import { addServerOption, connect, type ServerFlags } from '../server-options.ts'

interface DoctorFlags extends ServerFlags {
  readonly config?: string
  readonly json?: boolean
}

export function addDoctorCommand(program: Command, context: CommandContext): void {
  addServerOption(program.command('doctor'))
    .description('Says what works and what does not, each with the fix. The exit code is 1 when something does not.')
    .option('--config <F>', 'the configuration, YAML; culprit.yaml in this directory when there is one')
    .option('--json', 'the findings as JSON')
    .action(async (flags: DoctorFlags) => {
      const client = connect(flags, context)
      const { environment, terminal } = context
      const findings = await examine({ configPath: flags.config, environment, client, nowMs: Date.now() })
      await terminal.write(
        flags.json === true ? `${JSON.stringify({ findings }, null, 2)}\n` : toText(findings, context),
      )
      const failed = findings.filter(({ state }) => state === 'failed').map(({ about }) => about)
      if (failed.length > 0) {
        throw new OperationError(`does not work: ${failed.join(', ')}`, { code: 'unwell', retryable: true })
      }
    })
}

const STATE_COLUMNS = 9
const ABOUT_COLUMNS = 15
const FIX = 'fix: '

function toText(findings: readonly Finding[], { terminal }: CommandContext): string {
  const { columns, paint } = createPage(terminal)
  const indent = ' '.repeat(STATE_COLUMNS + ABOUT_COLUMNS)
  const colours = { ok: 'quiet', warning: 'suspected', failed: 'broken' } as const
  return findings
    .map(({ state, about, text, fix }) => {
      const head = `${paint(colours[state], state.padEnd(STATE_COLUMNS))}${about.padEnd(ABOUT_COLUMNS)}`
      const [first = '', ...rest] = wrap(visibleText(text), columns - indent.length)
      const fixLines = fix === undefined ? [] : wrap(visibleText(fix), columns - indent.length - FIX.length)
      const fixes = fixLines.map((line, index) => `${index === 0 ? FIX : ' '.repeat(FIX.length)}${line}`)
      return [`${head}${first}`, ...[...rest, ...fixes].map((line) => `${indent}${line}`)].join('\n')
    })
    .map((finding) => `${finding}\n`)
    .join('')
}
