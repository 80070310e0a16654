import { type Command, Option } from 'commander'
import { InputError } from '../../shared/runtime/errors.ts'
import type { FormatSpec } from '../ingest/core/format-spec.ts'
import { parseServiceFrom, type ServiceFrom } from '../ingest/core/service-name.ts'
import { FORMAT_HELP, parseFormatArgument } from './format-argument.ts'

/** How to read logs, as said on the command line. */
export interface InputOptions {
  readonly format: FormatSpec | 'auto'
  readonly service?: string
  readonly serviceFrom?: ServiceFrom
}

/** The options of every command that reads logs, as commander gives them. */
export interface InputFlags {
  readonly format: string
  readonly service?: string
  readonly serviceFrom?: string
}

export function addInputOptions(command: Command): Command {
  return addLineOptions(command.argument('<FILES...>', 'access logs, plain, gzip or zstd; - is standard input'))
}

/** How lines are read, without where they come from. */
export function addLineOptions(command: Command): Command {
  return command
    .option('--format <F>', FORMAT_HELP, 'auto')
    .option('--service <S>', 'the service that the logs are of')
    .addOption(
      new Option('--service-from <F>', 'what tells services apart: virtual_host, upstream or path:N').conflicts(
        'service',
      ),
    )
}

/** @throws InputError (usage) naming the option that is wrong. */
export function readInputOptions(flags: InputFlags): InputOptions {
  return {
    format: parseFormatArgument(flags.format),
    ...(flags.service !== undefined && { service: readService(flags.service) }),
    ...(flags.serviceFrom !== undefined && { serviceFrom: readServiceFrom(flags.serviceFrom) }),
  }
}

function readService(name: string): string {
  if (name.trim() === '') throw new InputError("--service '': no name: give the service's name", 'usage')
  return name.trim()
}

function readServiceFrom(text: string): ServiceFrom {
  const choice = parseServiceFrom(text)
  if (choice.kind === 'known') return choice.serviceFrom
  throw new InputError(`--service-from ${text}: ${choice.hint}`, 'usage')
}
