import { DEFAULT_ENV } from '../../shared/domain/access-event.ts'
import { InputError } from '../../shared/runtime/errors.ts'
import { detectFormat } from './core/detect-format.ts'
import type { FormatSpec } from './core/format-spec.ts'
import type { BlockParserOptions } from './core/parsed-block.ts'
import { parseServiceFrom, type ServiceFrom } from './core/service-name.ts'

/** How the lines of one source are read. */
export interface SourceOptions {
  readonly format: FormatSpec | 'auto'
  readonly service?: string
  readonly serviceFrom?: ServiceFrom
}

/** The same as people write it. */
export interface SourceSettings {
  readonly format: string
  readonly service?: string | undefined
  readonly service_from?: string | undefined
}

/** @throws InputError naming the setting that is wrong. `parseFormat` throws one for a format that there is not. */
export function readSourceOptions(
  { format, service, service_from }: SourceSettings,
  parseFormat: (text: string) => FormatSpec | 'auto',
): SourceOptions {
  const choice = service_from === undefined ? undefined : parseServiceFrom(service_from)
  if (choice?.kind === 'unknown') throw new InputError(`service_from: ${choice.hint}`)
  return {
    format: parseFormat(format),
    ...(service !== undefined && { service }),
    ...(choice !== undefined && { serviceFrom: choice.serviceFrom }),
  }
}

/** The parser of a source; under `auto` its first lines tell. Throws an InputError when they don't. */
export function chooseParser(options: SourceOptions, firstBytes: Uint8Array): BlockParserOptions {
  const { format, service, serviceFrom } = options
  return {
    format: format === 'auto' ? tellFormat(firstBytes) : format,
    env: DEFAULT_ENV,
    ...(service !== undefined && { service }),
    ...(serviceFrom !== undefined && { serviceFrom }),
  }
}

/** The same, undefined when they don't. */
export function tryParser(options: SourceOptions, firstBytes: Uint8Array): BlockParserOptions | undefined {
  try {
    return chooseParser(options, firstBytes)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** For lines of no known format: each is kept as rejected, with a reason. */
export function rejectingParser(options: SourceOptions): BlockParserOptions {
  return chooseParser({ ...options, format: { name: 'ndjson' } }, new Uint8Array(0))
}

const SAMPLE_BYTES = 256 * 1024

function tellFormat(firstBytes: Uint8Array): FormatSpec {
  const found = detectFormat(firstBytes.subarray(0, SAMPLE_BYTES))
  if (found.kind === 'known') return found.spec
  throw new InputError(`the first lines ${found.hint}: name the format`)
}
