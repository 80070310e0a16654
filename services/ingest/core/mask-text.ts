/**
 * A line that is no event, or a part of one, without what may be secret: queries, users and passwords in addresses, the
 * values of whatever is written `name=value`, headers that carry credentials, members of JSON that are called like one,
 * tokens that look like some; and with addresses as `nameClient` writes them. Rather too much than too little goes: it is
 * read by people who wonder why a line was not understood. Takes time linear in the text's length.
 */
export function maskText(text: string, nameClient: (address: string) => string): string {
  const withoutQueries = text.includes('"') ? text.replace(QUOTED_QUERY, '?…') : text.replace(BARE_QUERY, '?…')
  return withoutQueries
    .replace(SECRET_MEMBER, '$1…')
    .replace(SECRET_HEADER, '$1…')
    .replace(CREDENTIALS, '$1 …')
    .replace(USER_INFO, '//')
    .replace(NAMED_VALUE, '=…')
    .replace(KNOWN_TOKEN, '…')
    .replace(LONG_WORD, (word) => (/\d/.test(word) && /[a-z]/i.test(word) ? '…' : word))
    .replace(IPV4, (address) => nameClient(address))
    .replace(COLONS, (word) => (isIpv6(word) ? nameClient(word) : word))
}

/** A query ends with its quotes or before the protocol: clients put spaces in it, and servers escape quotes. */
const QUOTED_QUERY = /(?:\?|%3f)(?:\\.|[^"\\])*?(?= HTTP\/\d|"|\\?$)/gis
const BARE_QUERY = /(?:\?|%3f)\S+/gi

/** `"password":"…"`, `"Cookie":["…"]`, also escaped as a text within JSON. */
const SECRET_MEMBER =
  /("[^"\\]{0,40}(?:auth|cookie|token|secret|passw|pwd|api.?key|session|signature|credential|quer|args)[^"\\]{0,40}\\*"\s*:\s*)(?:(\\*)".*?(?:(?<!\\)\2"|$)|\[[^\]]*|\{[^}]*|[^\s,}\]"[{]+)/gis
const SECRET_HEADER = /\b((?:authorization|cookie|x-[\w-]{0,30}(?:key|token))\s*[:=]\s*)[^"\n]+/gi
const CREDENTIALS = /\b(bearer|basic|digest|negotiate|token)\s+[\w.~+/=-]{8,}/gi
/** The second, where the text was cut before the host. */
const USER_INFO = /\/\/[^\s/?#"]*@|\/\/[^\s/?#"@:]*:[^\s/?#"@]*$/g
/** `status=200` may stay. */
const NAMED_VALUE = /=[^\s"'&;,…]{4,}/g
/** JSON web tokens, and those of AWS, GitHub, GitLab, Slack and Stripe. */
const KNOWN_TOKEN = /\beyJ[\w-]{8,}(?:\.[\w-]+)*|\bAKIA[A-Z\d]{12,}|\b(?:gh[a-z]_|glpat-|xox[a-z]-|[rs]k_)[\w-]{8,}/g
const LONG_WORD = /[\w+-]{32,}/g
const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g
const COLONS = /(?<![\w:])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?![\w:])/gi

/** Times of day have colons, too. */
function isIpv6(word: string): boolean {
  return /[\da-f]/i.test(word) && (word.includes('::') || word.split(':').length === 8)
}
