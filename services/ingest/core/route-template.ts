/**
 * The route that a path belongs to, told by the shape of its segments alone, so that every process and every day gives
 * the same: `/users/123/orders/9f86d081` → `/users/{id}/orders/{id}`. What is no path has no route, but for `*`.
 *
 * `{id}` numbers, UUIDs, hashes, tokens and codes; `{date}`; `{email}`; `{list}` values joined by commas; `{slug}` titles
 * and other free text, and what follows a word such as `tag`; `{file}` the name of a static file, whose extension stays.
 */
export function routeTemplate(path: string): string {
  if (!path.startsWith('/')) return path === '*' ? '*' : ''
  const segments = path.split('/', MAX_SPLITS).filter((segment) => segment !== '' && segment !== '.')
  const file = templateFile(segments.at(-1) ?? '')
  const folders =
    file === undefined ? segments.slice(0, MAX_SEGMENTS) : segments.slice(0, -1).slice(0, MAX_FILE_FOLDERS)
  const templates = folders.map((segment, i) => templateAfter(folders[i - 1], segment))
  if (file !== undefined) templates.push(file)
  else if (segments.length > MAX_SEGMENTS) templates.push('…')
  return `/${templates.join('/')}`
}

const MAX_SEGMENTS = 8
/** A path of a thousand slashes is not worth reading to its end. */
export const MAX_SPLITS = 64
/** Of a static file only these folders count: below them a tree of assets is one thing. */
const MAX_FILE_FOLDERS = 2
/** A longer segment is no name that a program gave. */
export const MAX_SEGMENT_CHARACTERS = 64
const MAX_EXTENSION = 5
const STATIC_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'css js mjs map png jpg jpeg gif svg webp avif ico bmp tif tiff woff woff2 ttf eot otf mp3 mp4 m4a m4v ogg ogv webm mov avi mkv ' +
    'wav flac m3u8 ts mpd pdf doc docx xls xlsx ppt pptx csv zip gz tgz bz2 xz rar 7z jar war exe dmg apk deb rpm iso swf'
  ).split(' '),
)

/** `logo.png` → `{file}.png`; undefined when the segment is no static file. */
export function templateFile(segment: string): string | undefined {
  const dot = segment.lastIndexOf('.')
  if (dot < 0 || segment.length - dot - 1 > MAX_EXTENSION) return undefined
  const extension = segment.slice(dot + 1).toLowerCase()
  return STATIC_EXTENSIONS.has(extension) ? `{file}.${extension}` : undefined
}

/** What follows one of these names one of many things, however much it looks like a part of the program. */
const COLLECTIONS: ReadonlySet<string> = new Set(
  'article articles author authors blog browse categories category hashtag news post posts search tag tags topic topics wiki'.split(
    ' ',
  ),
)

function templateAfter(previous: string | undefined, segment: string): string {
  const template = templateSegment(segment)
  return COLLECTIONS.has(previous ?? '') && template === segment ? '{slug}' : template
}

const PLAIN_WORD = /^[A-Za-z_]{1,32}$/
const NUMBER = /^[\d.+-]*\d$/
const DATE = /^\d{4}-\d\d(?:-\d\d)?$/
const UUID = /^\{?[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}\}?$/i
const EMAIL = /^[^@]+@[^@]+\.[^@]+$/
const VERSION = /^v\d{1,3}(?:\.\d{1,3}){0,2}(?:(?:alpha|beta|rc|p)\d{0,2})?$/i
const UNRESERVED = /^[\w.~@:-]+$/
/** `users/123:cancel`: a verb after an id. */
const VERB = /^(.+):([A-Za-z]{2,32})$/

/** One segment of a path as it stands in a route. */
export function templateSegment(raw: string): string {
  if (PLAIN_WORD.test(raw)) return raw
  if (/%[89a-f][\da-f]/i.test(raw) || raw.length > MAX_SEGMENT_CHARACTERS) return isList(raw) ? '{list}' : '{slug}'
  const segment = decodeAscii(withoutParameters(raw))
  if (NUMBER.test(segment)) return DATE.test(segment) ? '{date}' : '{id}'
  if (VERSION.test(segment)) return segment
  if (UUID.test(segment)) return '{id}'
  if (segment.includes('@')) return EMAIL.test(segment) ? '{email}' : '{slug}'
  if (isList(segment)) return '{list}'
  if (!UNRESERVED.test(segment)) return '{slug}'
  const verb = VERB.exec(segment)
  if (verb !== null) return `${templateSegment(verb[1] ?? '')}:${verb[2]}`
  return templateWords(segment)
}

/** `a;b=c` → `a`: matrix parameters belong to the query. */
function withoutParameters(segment: string): string {
  const at = segment.indexOf(';')
  return at <= 0 ? segment : segment.slice(0, at)
}

function decodeAscii(segment: string): string {
  if (!segment.includes('%')) return segment
  return segment.replace(/%([0-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function isList(segment: string): boolean {
  return /[,|]|%2c|%7c/i.test(segment)
}

const MAX_TITLE_WORDS = 4
const TOKEN_CHARACTERS = 16
/** Of a word among others: `v1` in `acme.v1.Orders` is none. */
const SHORTEST_TOKEN = 6
const HEX = /^(?=.*\d)[\da-f]{8,}$/i
/** `b113`, `sku1234`: a code; `oauth2`, `step12`: a name. */
const CODE = /^(?:[A-Za-z]\d+|[A-Za-z]+\d{3,})$/
const DIGIT_THEN_LETTER = /\d[A-Za-z]/
/** `dQw4w9WgXcQ`: letters and digits in turn. */
const INTERLEAVED = /(?:[A-Za-z]+\d+){2,}[A-Za-z]|(?:\d+[A-Za-z]+){2,}\d/

/** Letters, digits and the punctuation of names. */
function templateWords(segment: string): string {
  if (segment.split(/[-_~]/).length > MAX_TITLE_WORDS) return /[A-Za-z]/.test(segment) ? '{slug}' : '{id}'
  const words = segment.split(/[-_.~]/)
  if (words.length === 1) return isToken(segment) ? '{id}' : segment
  return words.some((word) => /^\d{3,}$/.test(word) || (word.length >= SHORTEST_TOKEN && isToken(word)))
    ? '{slug}'
    : segment
}

function isToken(word: string): boolean {
  if (!/\d/.test(word)) return false
  if (HEX.test(word) || CODE.test(word) || /^\d+x\d+$/i.test(word)) return true
  if (word.length >= TOKEN_CHARACTERS) return DIGIT_THEN_LETTER.test(word)
  return word.length >= SHORTEST_TOKEN && INTERLEAVED.test(word)
}
