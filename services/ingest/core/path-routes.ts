// Hot path: indexes bytes, several parameters.
import { createByteInterner } from './byte-interner.ts'
import { type ByteSource, findByte } from './byte-source.ts'
import { createPairTable } from './pair-table.ts'
import { MAX_SEGMENT_CHARACTERS, MAX_SPLITS, routeTemplate, templateFile, templateSegment } from './route-template.ts'

/** Tells of paths what `routeTemplate` does. A path seldom comes twice in a row, its segments do: each is read as a text once. */
export interface PathRoutes {
  /** The id of the route of the path in `[start, end)`. */
  routeOf(source: ByteSource, start: number, end: number): number
  /** About how many bytes the memory of segments takes. */
  weight(): number
}

const SLASH = 0x2f
const DOT = 0x2e
const DIGITS = 0
/** Of a segment's two kinds. */
const KINDS_BYTES = 16
/** A pair's slot twice, as the table is half full, and its route. */
const SHAPE_BYTES = 40

/** `idOfText` numbers routes. */
export function createPathRoutes(idOfText: (route: string) => number): PathRoutes {
  const segments = createByteInterner()
  // What kind of segment each is, before others and as the last one. The same kinds in the same order are the same route:
  // a template has an even number, a segment that stands for itself an odd one of its own.
  const kinds: number[] = []
  const lastKinds: number[] = []
  const numbersOfKinds = new Map([['{id}', DIGITS]])
  const shapes = createPairTable()
  const routes: number[] = []

  function routeOf(source: ByteSource, start: number, end: number): number {
    const shape = source.bytes[start] === SLASH ? shapeOf(source, start, end) : -1
    const known = shape < 0 ? undefined : routes[shape]
    if (known !== undefined) return known
    const route = idOfText(routeTemplate(source.bytes.toString('utf8', start, end)))
    if (shape >= 0) routes[shape] = route
    return route
  }

  function shapeOf(source: ByteSource, start: number, end: number): number {
    let shape = 0
    let kind = -1
    let lastKind = -1
    let at = start + 1
    for (let pieces = 1; pieces < MAX_SPLITS; pieces++) {
      const to = findByte(source, SLASH, at, end)
      if (to > at && !(to === at + 1 && source.bytes[at] === DOT)) {
        if (kind >= 0) shape = shapes.numberOf(shape, kind) + 1
        const segment = isNumber(source, at, to) ? -1 : segmentNumber(source, at, to)
        kind = segment < 0 ? DIGITS : (kinds[segment] as number)
        lastKind = segment < 0 ? DIGITS : (lastKinds[segment] as number)
      }
      if (to >= end) break
      at = to + 1
    }
    return kind < 0 ? 0 : shapes.numberOf(shape, lastKind) + 1
  }

  function segmentNumber(source: ByteSource, start: number, end: number): number {
    const segment = segments.intern(source, start, end)
    if (segment < kinds.length) return segment
    const text = source.bytes.toString('utf8', start, end)
    const template = templateSegment(text)
    const file = templateFile(text)
    const kind = template === text ? 2 * segment + 1 : kindNumber(template)
    kinds.push(kind)
    lastKinds.push(file === undefined ? kind : kindNumber(`file ${file}`))
    return segment
  }

  function kindNumber(name: string): number {
    const known = numbersOfKinds.get(name)
    if (known !== undefined) return known
    const number = 2 * numbersOfKinds.size
    numbersOfKinds.set(name, number)
    return number
  }

  return {
    routeOf,
    weight: () => segments.weight() + KINDS_BYTES * kinds.length + SHAPE_BYTES * routes.length,
  }
}

/** Such segments are the most, and are `{id}` without a look at their text. */
function isNumber({ bytes }: ByteSource, start: number, end: number): boolean {
  if (end - start > MAX_SEGMENT_CHARACTERS) return false
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte < 0x30 || byte > 0x39) return false
  }
  return true
}
