// Longest value kept of each field, in bytes as logged; the rest is cut. A log line is written by strangers.
export const MAX_PATH_BYTES = 2_048
export const MAX_ROUTE_BYTES = 512
export const MAX_USER_AGENT_BYTES = 512
export const MAX_CLIENT_BYTES = 64
export const MAX_ID_BYTES = 128
export const MAX_NAME_BYTES = 255

/** The end of a value that may be `maxBytes` long: a longer one is cut before the character that would not fit. */
export function cutEnd(bytes: Uint8Array, start: number, end: number, maxBytes: number): number {
  if (end - start <= maxBytes) return end
  let cut = start + maxBytes
  // 10xxxxxx continues a character in UTF-8.
  while (cut > start && ((bytes[cut] as number) & 0xc0) === 0x80) cut--
  return cut
}
