/** How a format writes the bytes that it can't write as they are: `\\x22`, `\\u0022`, `%22`, `#22`, `+` for a space. */
export type Escaping = 'none' | 'backslash' | 'json' | 'percent' | 'hash' | 'plus'

/** The text of `bytes[start, end)` with the format's escapes undone. Bytes that are no UTF-8 become U+FFFD. */
export type DecodeValue = (bytes: Buffer, start: number, end: number) => string

export function decoderFor(escaping: Escaping): DecodeValue {
  switch (escaping) {
    case 'none':
      return decodePlain
    case 'backslash':
      return decodeBackslashes
    case 'json':
      return decodeJson
    case 'percent':
      return decodeHexAfter(PERCENT)
    case 'hash':
      return decodeHexAfter(HASH)
    case 'plus':
      return decodePlus
  }
}

const HASH = 0x23
const PERCENT = 0x25
const BACKSLASH = 0x5c
const DELETE = 0x7f

function decodePlain(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, end)
}

const JSON_ESCAPE = /\\(?:u([\da-f]{4})|(["\\/]))/gi

/** JSON's escapes, also in a value that was cut or is no good JSON: what is looked for in it must be found. */
function decodeJson(bytes: Buffer, start: number, end: number): string {
  const text = decodePlain(bytes, start, end)
  if (!text.includes('\\')) return text
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text.replace(JSON_ESCAPE, (_, hex: string | undefined, character: string) =>
      hex === undefined ? character : String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
}

/** `\xHH`, `\"` and `\\` as nginx and Apache write them. Control characters stay escaped: nobody wants them in a path. */
function decodeBackslashes(bytes: Buffer, start: number, end: number): string {
  const text = decodePlain(bytes, start, end)
  if (!text.includes('\\')) return text
  const decoded = Buffer.alloc(end - start)
  let length = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    const next = at + 1 < end ? (bytes[at + 1] as number) : -1
    const code = byte === BACKSLASH && next === 0x78 ? hexByte(bytes, at + 2, end) : -1
    if (code >= 0x20 && code !== DELETE) {
      decoded[length++] = code
      at += 3
    } else if (byte === BACKSLASH && (next === 0x22 || next === BACKSLASH)) {
      decoded[length++] = next
      at += 1
    } else {
      decoded[length++] = byte
    }
  }
  return decodePlain(decoded, 0, length)
}

/** `%20`, `#20`. Control characters stay escaped. */
function decodeHexAfter(mark: number): DecodeValue {
  return (bytes, start, end) => {
    const decoded = Buffer.alloc(end - start)
    let length = 0
    for (let at = start; at < end; at++) {
      const code = bytes[at] === mark ? hexByte(bytes, at + 1, end) : -1
      const isText = code >= 0x20 && code !== DELETE
      decoded[length++] = isText ? code : (bytes[at] as number)
      if (isText) at += 2
    }
    return decodePlain(decoded, 0, length)
  }
}

/** IIS writes a space as `+`, and a plus sign, too. */
function decodePlus(bytes: Buffer, start: number, end: number): string {
  return decodePlain(bytes, start, end).replaceAll('+', ' ')
}

function hexByte(bytes: Buffer, at: number, end: number): number {
  if (at + 2 > end) return -1
  const high = hexDigit(bytes[at] as number)
  const low = hexDigit(bytes[at + 1] as number)
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

/** The digit's value, or -1. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
