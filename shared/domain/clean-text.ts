/** As long as a change's texts may be, before what looks like a credential is taken out: patterns see no more. */
const LOOKED_AT_MAX = 2_000

/**
 * A text without what looks like a credential: people paste tokens into commit messages, and build systems put
 * them into titles. Takes time linear in the text's length.
 */
export function cleanText(text: string | undefined): string | undefined {
  return text
    ?.slice(0, LOOKED_AT_MAX)
    .replace(USER_INFO, '//')
    .replace(CREDENTIALS, '$1 …')
    .replace(NAMED_SECRET, '$1…')
    .replace(KNOWN_TOKEN, '…')
}

/** An address without user, password, query and fragment: what of it leads somewhere is its path. */
export function cleanUrl(address: string | undefined): string | undefined {
  const cleaned = cleanText(address?.replace(/[?#].*$/s, ''))
  return cleaned !== undefined && /^[a-z][a-z\d+.-]*:/i.test(cleaned) && !/^(https?|ssh|git):/i.test(cleaned)
    ? undefined
    : cleaned
}

const USER_INFO = /\/\/[^\s/?#"]*@/g
const CREDENTIALS = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi
const NAMED_SECRET =
  /(\b[\w-]{0,40}(?:token|secret|passw(?:or)?d|pwd|api[_-]?key|credential)[\w-]{0,40}["']?\s*[:=]\s*["']?)[^\s"',;]{4,}/gi
/** JSON web tokens, private keys, and those of AWS, Anthropic, GitHub, GitLab, Google, npm, OpenAI, Slack and Stripe. */
const KNOWN_TOKEN =
  /\beyJ[\w-]{8,}(?:\.[\w-]+)*|\bA(?:KIA|SIA)[A-Z\d]{12,}|\bgithub_pat_\w{20,}|\b(?:gh[a-z]_|glpat-|xox[a-z]-|[rs]k_|sk-|npm_|AIza|hvs\.|whsec_)[\w-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY-----.*/gs
