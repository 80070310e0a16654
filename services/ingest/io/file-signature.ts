export type FileContent =
  | { readonly kind: 'text' | 'gzip' | 'zstd' }
  | { readonly kind: 'unreadable'; readonly what: string; readonly advice: string }

/** What a file holds, told by its first bytes: names lie, and standard input has none. */
export function recogniseContent(head: Uint8Array): FileContent {
  if (startsWith(head, [0x1f, 0x8b])) return { kind: 'gzip' }
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return { kind: 'zstd' }
  const signature = UNREADABLE.find(({ magic, at }) => startsWith(head.subarray(at ?? 0), magic))
  if (signature !== undefined) return { kind: 'unreadable', what: signature.what, advice: signature.advice }
  if (controlShare(head) > CONTROL_SHARE_MAX) return { kind: 'unreadable', what: 'a binary file', advice: GIVE_TEXT }
  return { kind: 'text' }
}

interface Signature {
  readonly magic: readonly number[]
  readonly at?: number
  readonly what: string
  readonly advice: string
}

const DECOMPRESS = 'decompress it first'
const UNPACK = 'unpack it first and give the log files in it'
const GIVE_TEXT = 'give the access log itself, as text, gzip or zstd'
const CONVERT = 'convert it to UTF-8 first, e.g. iconv -f UTF-16 -t UTF-8'

const UNREADABLE: readonly Signature[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], what: 'xz compressed', advice: DECOMPRESS },
  { magic: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4, what: 'bzip2 compressed', advice: DECOMPRESS },
  { magic: [0x04, 0x22, 0x4d, 0x18], what: 'lz4 compressed', advice: DECOMPRESS },
  { magic: [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50], what: 'snappy compressed', advice: DECOMPRESS },
  { magic: [0x1f, 0x9d], what: 'compress (.Z) compressed', advice: DECOMPRESS },
  { magic: [0x50, 0x4b, 0x03, 0x04], what: 'a zip archive', advice: DECOMPRESS },
  { magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], what: 'a 7z archive', advice: DECOMPRESS },
  { magic: [0x52, 0x61, 0x72, 0x21], what: 'a rar archive', advice: DECOMPRESS },
  { magic: [0x75, 0x73, 0x74, 0x61, 0x72, 0x00], at: 257, what: 'a tar archive', advice: UNPACK },
  { magic: [0x75, 0x73, 0x74, 0x61, 0x72, 0x20], at: 257, what: 'a tar archive', advice: UNPACK },
  { magic: [0x7f, 0x45, 0x4c, 0x46], what: 'a program (ELF)', advice: GIVE_TEXT },
  { magic: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG image', advice: GIVE_TEXT },
  { magic: [0x25, 0x50, 0x44, 0x46, 0x2d], what: 'a PDF document', advice: GIVE_TEXT },
  { magic: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', advice: GIVE_TEXT },
  { magic: [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48], what: 'a systemd journal', advice: GIVE_TEXT },
  { magic: [0xff, 0xfe], what: 'UTF-16 text', advice: CONVERT },
  { magic: [0xfe, 0xff], what: 'UTF-16 text', advice: CONVERT },
]

/** Servers escape control bytes in what clients send, so a log has next to none; random bytes are 11 % control bytes. */
const CONTROL_SHARE_MAX = 0.05

const TAB = 0x09
const CARRIAGE_RETURN = 0x0d
const ESCAPE = 0x1b
const SPACE = 0x20

function controlShare(head: Uint8Array): number {
  let controls = 0
  for (const byte of head) {
    const isWhitespace = byte >= TAB && byte <= CARRIAGE_RETURN
    if (byte < SPACE && !isWhitespace && byte !== ESCAPE) controls++
  }
  return head.length === 0 ? 0 : controls / head.length
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}
