/** The four colours of the product: red is broken now, amber may be, blue is a change, grey is the rest. */
export type Tone = 'broken' | 'suspected' | 'change' | 'quiet' | 'strong'
export type Paint = (tone: Tone, text: string) => string

const SEQUENCES: Readonly<Record<Tone, string>> = {
  broken: '\u001b[31m',
  suspected: '\u001b[33m',
  change: '\u001b[34m',
  quiet: '\u001b[90m',
  strong: '\u001b[1m',
}
const RESET = '\u001b[0m'

/** Paints with ANSI colours, or not at all. Paint after the text is cut and padded: a colour has no width. */
export function createPaint(colour: boolean): Paint {
  if (!colour) return (_tone, text) => text
  return (tone, text) => (text === '' ? '' : `${SEQUENCES[tone]}${text}${RESET}`)
}
