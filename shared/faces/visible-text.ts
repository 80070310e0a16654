/** What a terminal or a browser would obey instead of show: controls, escapes, direction marks, zero-width and unpaired characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu
/** Longer than any name worth reading; what comes after is a flood. */
const LENGTH_MAX = 2_000
/** Marks stacked on one letter beyond this many paint over the lines above. */
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu

/** Text from a log or a change made safe to show: every character that is an instruction rather than a letter is spelt out. */
export function visibleText(text: string): string {
  const bounded = text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text
  return bounded.replace(STACKED_MARKS, '$1').replace(INVISIBLE, spellOut)
}

function spellOut(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const digits = code.toString(16)
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`
  return `\\u{${digits}}`
}
