import { InputError } from '../../shared/runtime/errors.ts'
import { nearestName } from '../../shared/runtime/nearest-name.ts'
import { ENVELOPE_NAMES, type EnvelopeName, type FormatSpec } from '../ingest/core/format-spec.ts'
import { apacheFormatProblem } from '../ingest/core/formats/apache.ts'
import { JSON_MAP_FIELDS, jsonMapProblem } from '../ingest/core/formats/json-map.ts'
import { nginxFormatProblem } from '../ingest/core/formats/nginx.ts'
import { FORMATS } from '../ingest/core/formats/table.ts'
import { userPatternProblem } from '../ingest/core/formats/user-pattern.ts'

const JSON_MAP_PREFIX = 'json:'
const COMPILED: readonly string[] = ['nginx', 'apache-log-format', 'json-map', 'pattern']
const NAMES = FORMATS.map(({ name }) => name).filter((name) => !COMPILED.includes(name))

/** For `--help`. */
export const FORMAT_HELP = `the logs' format: auto, ${NAMES.join(', ')}; an nginx log_format or Apache LogFormat string; or for other JSON json:ts=time,status=res.code,path=req.url,duration_s=took; or pattern:(?<ts>\\S+) (?<status>\\d+)…, a regular expression of RE2 with named groups`

/**
 * What `--format` says: `auto`, a format's name, an nginx `log_format` string, told by its variables, an Apache `LogFormat`
 * string, told by its directives, `json:` and which field is where, or `pattern:` and a regular expression with named groups;
 * all but the first after `cri:`, `docker:` or `syslog:` if each line is wrapped.
 * @throws InputError (usage) naming what is allowed.
 */
export function parseFormatArgument(text: string): FormatSpec | 'auto' {
  const asked = text.toLowerCase()
  if (asked === 'auto') return 'auto'
  const envelope = ENVELOPE_NAMES.find((name) => asked.startsWith(`${name}:`))
  if (envelope !== undefined) return inEnvelope(envelope, text.slice(envelope.length + 1))
  if (/^pattern(:|$)/.test(asked)) return parsePattern(text.slice('pattern:'.length))
  const known = FORMATS.find(({ name, aliases }) => name === asked || aliases.includes(asked))
  if (known !== undefined) return { name: known.name }
  if (asked.startsWith(JSON_MAP_PREFIX)) return parseJsonMap(text.slice(JSON_MAP_PREFIX.length))
  if (/\$\{?\w/.test(text)) return parseNginxFormat(text)
  if (/%[^\s]/.test(text)) return parseApacheFormat(text)
  const near = nearestName(asked, ['auto', ...FORMATS.flatMap(({ name, aliases }) => [name, ...aliases])])
  const advice = near === undefined ? 'culprit parse --help lists them' : `did you mean ${near}?`
  throw new InputError(`--format ${text.slice(0, 60)}: no such format: ${advice}`, 'usage')
}

function parsePattern(pattern: string): FormatSpec {
  const problem = userPatternProblem(pattern)
  if (problem === undefined) return { name: 'pattern', logFormat: pattern }
  throw new InputError(`--format pattern: ${problem}`, 'usage')
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

function parseNginxFormat(logFormat: string): FormatSpec {
  const problem = nginxFormatProblem(logFormat)
  if (problem === undefined) return { name: 'nginx', logFormat }
  throw new InputError(`--format: ${problem}: copy the whole string of log_format from nginx.conf`, 'usage')
}

function parseApacheFormat(logFormat: string): FormatSpec {
  const problem = apacheFormatProblem(logFormat)
  if (problem === undefined) return { name: 'apache-log-format', logFormat }
  throw new InputError(`--format: ${problem}: copy the whole string of LogFormat from httpd.conf`, 'usage')
}

function parseJsonMap(logFormat: string): FormatSpec {
  const problem = jsonMapProblem(logFormat)
  if (problem === undefined) return { name: 'json-map', logFormat }
  const [unknown] = /(?<=no field )\S+$/.exec(problem) ?? []
  const near = unknown === undefined ? undefined : nearestName(unknown, JSON_MAP_FIELDS)
  const advice = near === undefined ? 'write it like json:ts=time,status=res.code' : `did you mean ${near}?`
  throw new InputError(`--format json: ${problem}: ${advice}`, 'usage')
}
