import { InputError } from '../../shared/runtime/errors.ts'
import { nearestName } from '../../shared/runtime/nearest-name.ts'
import { ENVELOPE_NAMES, type EnvelopeName, type FormatSpec } from '../ingest/core/format-spec.ts'
import { nginxFormatProblem } from '../ingest/core/formats/nginx.ts'
import { FORMATS } from '../ingest/core/formats/table.ts'

/**
 * What `--format` says: `auto`, a format's name, or an nginx `log_format` string, told by its variables; the last two
 * after `cri:`, `docker:` or `syslog:` if each line is wrapped.
 * @throws InputError (usage) naming what is allowed.
 */
export function parseFormatArgument(text: string): FormatSpec | 'auto' {
  const asked = text.toLowerCase()
  if (asked === 'auto') return 'auto'
  const envelope = ENVELOPE_NAMES.find((name) => asked.startsWith(`${name}:`))
  if (envelope !== undefined) return inEnvelope(envelope, text.slice(envelope.length + 1))
  const known = FORMATS.find(({ name, aliases }) => name === asked || aliases.includes(asked))
  if (known !== undefined) return { name: known.name }
  if (text.includes('$')) return parseLogFormat(text)
  const near = nearestName(asked, ['auto', ...FORMATS.flatMap(({ name, aliases }) => [name, ...aliases])])
  const names = FORMATS.map(({ name }) => name).join(', ')
  const advice = near === undefined ? `use auto, ${names} or an nginx log_format string` : `did you mean ${near}?`
  throw new InputError(`--format ${text.slice(0, 60)}: no such format: ${advice}`, 'usage')
}

/** `cri:combined`. */
function inEnvelope(envelope: EnvelopeName, inside: string): FormatSpec {
  const spec = parseFormatArgument(inside)
  if (spec !== 'auto' && spec.envelope === undefined) return { ...spec, envelope }
  throw new InputError(
    `--format ${envelope}:${inside.slice(0, 60)}: name the format inside, as in ${envelope}:combined, or give auto alone`,
    'usage',
  )
}

function parseLogFormat(logFormat: string): FormatSpec {
  const problem = nginxFormatProblem(logFormat)
  if (problem === undefined) return { name: 'nginx', logFormat }
  throw new InputError(`--format: ${problem}: copy the whole string of log_format from nginx.conf`, 'usage')
}
