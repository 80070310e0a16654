import { DEFAULT_ENV } from '../../shared/domain/access-event.ts'
import { InputError } from '../../shared/runtime/errors.ts'
import { detectFormat } from './core/detect-format.ts'
import type { FormatSpec } from './core/format-spec.ts'
import type { BlockParserOptions } from './core/parsed-block.ts'
import type { ServiceFrom } from './core/service-name.ts'

/** How the lines of one source are read. */
export interface SourceOptions {
  readonly format: FormatSpec | 'auto'
  readonly service?: string
  readonly serviceFrom?: ServiceFrom
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

const SAMPLE_BYTES = 256 * 1024

function tellFormat(firstBytes: Uint8Array): FormatSpec {
  const found = detectFormat(firstBytes.subarray(0, SAMPLE_BYTES))
  if (found.kind === 'known') return found.spec
  throw new InputError(`the first lines ${found.hint}: name the format`)
}
