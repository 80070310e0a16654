/** A directive of an Apache `LogFormat` string, `%>{User-Agent}i`. */
export interface ApacheToken {
  /** What people know it by: `%r`, `%{User-Agent}i`. */
  readonly text: string
  /** What it logs, with headers in lower case: `r`, `user-agent i`; `>` and conditions are gone. */
  readonly name: string
  /** What is in its braces. */
  readonly argument: string
  /** The text between it and the next. */
  literal: string
}

/** The text before the first directive, and the directives. */
export interface ApacheTokens {
  prefix: string
  readonly tokens: readonly ApacheToken[]
}

// Conditions (`%!200,304`) and `<` or `>`, braces, and a letter or `^` and two.
const DIRECTIVE = /%[!\d,<>]*(?:\{([^}]*)\})?[<>]?(\^[A-Za-z]{2}|[A-Za-z%])/g

/** Takes the string as it stands in the server's configuration: with the directive around it, in quotes, or just itself. */
export function tokenizeLogFormat(text: string): ApacheTokens {
  const logFormat = unquote(text.trim())
  const found: ApacheTokens & { tokens: ApacheToken[] } = { prefix: '', tokens: [] }
  let end = 0
  const addLiteral = (literal: string) => {
    const last = found.tokens.at(-1)
    if (last === undefined) found.prefix += literal
    else last.literal += literal
  }
  for (const match of logFormat.matchAll(DIRECTIVE)) {
    const [directive, argument = '', letter = ''] = match
    addLiteral(logFormat.slice(end, match.index))
    end = match.index + directive.length
    if (letter === '%') addLiteral('%')
    else found.tokens.push({ text: textOf(letter, argument), name: nameOf(letter, argument), argument, literal: '' })
  }
  addLiteral(logFormat.slice(end))
  return found
}

function textOf(letter: string, argument: string): string {
  return argument === '' ? `%${letter}` : `%{${argument}}${letter}`
}

/** Header names know no case; those of variables and notes do. */
function nameOf(letter: string, argument: string): string {
  if (argument === '') return letter
  return `${letter === 'i' || letter === 'o' ? argument.toLowerCase() : argument} ${letter}`
}

const LOG_FORMAT_DIRECTIVE = /^(?:LogFormat\s+)?"(.*)"(?:\s+[\w-]+)?$/is
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n' }

function unquote(text: string): string {
  const [, inside = text] = LOG_FORMAT_DIRECTIVE.exec(text) ?? []
  return inside.replace(/\\(.)/gs, (_escape, character: string) => ESCAPES[character] ?? character)
}
