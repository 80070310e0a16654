import { InputError } from '../../shared/runtime/errors.ts'
import { nearestName } from '../../shared/runtime/nearest-name.ts'
import { FORMAT_NAMES, type FormatSpec } from '../ingest/core/format-spec.ts'
import { nginxFormatProblem } from '../ingest/core/formats/nginx.ts'

/**
 * What `--format` says: `auto`, a format's name, or an nginx `log_format` string, told by its variables.
 * @throws InputError (usage) naming what is allowed.
 */
export function parseFormatArgument(text: string): FormatSpec | 'auto' {
  if (text === 'auto') return 'auto'
  const name = FORMAT_NAMES.find((candidate) => candidate === text)
  if (name !== undefined) return { name }
  if (text.includes('$')) return parseLogFormat(text)
  const near = nearestName(text, ['auto', ...FORMAT_NAMES])
  const advice =
    near === undefined ? `use auto, ${FORMAT_NAMES.join(', ')} or an nginx log_format string` : `did you mean ${near}?`
  throw new InputError(`--format ${text.slice(0, 60)}: no such format: ${advice}`, 'usage')
}

function parseLogFormat(logFormat: string): FormatSpec {
  const problem = nginxFormatProblem(logFormat)
  if (problem === undefined) return { name: 'nginx', logFormat }
  throw new InputError(`--format: ${problem}: copy the whole string of log_format from nginx.conf`, 'usage')
}
