/** A stream of random numbers that its seed alone decides. */
export interface Prng {
  /** Uniform in [0, 1). */
  next(): number
  /** A stream of its own: what is drawn from it never moves the numbers of another stream. */
  fork(label: string): Prng
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush. The state comes from a hash of the seed's
 * text, and is stirred by 16 draws.
 */
export function createPrng(seed: string): Prng {
  let [a, b, c, d] = [hash(seed, 1), hash(seed, 2), hash(seed, 3), 1]
  const next = (): number => {
    const sum = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4_294_967_296
  }
  for (let i = 0; i < 16; i++) next()
  return { next, fork: (label) => createPrng(`${seed}/${label}`) }
}

/** FNV-1a with a final mix (murmur3), so that like texts land far apart. */
function hash(text: string, salt: number): number {
  let h = 2_166_136_261 ^ salt
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16_777_619)
  h = Math.imul(h ^ (h >>> 16), 2_246_822_507)
  h = Math.imul(h ^ (h >>> 13), 3_266_489_909)
  return (h ^ (h >>> 16)) | 0
}
