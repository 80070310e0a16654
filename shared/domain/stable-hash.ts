/**
 * FNV-1a over the text's UTF-8 bytes, 64 bits, as 16 hexadecimal digits. The same text gives the same digits on every
 * machine and in every release, so ids made of it can be stored and compared. Not for secrets: collisions can be made.
 * Source: Fowler, Noll and Vo, http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function stableHash(text: string): string {
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (const byte of new TextEncoder().encode(text)) {
    low = (low ^ byte) >>> 0
    // The prime is 2^40 + 0x1b3; the product is taken modulo 2^64 in two halves that stay exact in a double.
    const lowProduct = low * 0x1b3
    const carry = Math.floor(lowProduct / 2 ** 32)
    high = (Math.imul(high, 0x1b3) + carry + (low << 8)) >>> 0
    low = lowProduct >>> 0
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}
