// Hot path: indexes bytes, several parameters.
import { type ByteSource, equalBytes, toByteSource } from '../byte-source.ts'
import { slotOf } from './line-format.ts'
import { REQUEST_LINE } from './pattern.ts'

/** What a field's JSON value may be. */
export type JsonKind = 'string' | 'number' | 'string-or-number'

/**
 * A name in a line, the field that it stands for, and what its value may be. Dots go into objects (`request.uri`), unless a
 * key has them itself; `[]` at the end takes the first of a list (`headers.Host[]`).
 */
export type JsonName = readonly [name: string, field: number, kind: JsonKind]

/** What is read from a member. */
export interface JsonKey {
  readonly field: number
  /** Of the field; or REQUEST_LINE. */
  readonly slot: number
  readonly acceptsString: boolean
  readonly acceptsNumber: boolean
  /** Wins over other names for the same field in the same line; of the others the first does. */
  readonly isPreferred: boolean
}

/** A key of an object that is looked into. */
export interface JsonEntry {
  /** The number of the object that has the key. */
  readonly node: number
  readonly start: number
  readonly length: number
  key: JsonKey | undefined
  /** The number of the object or list that its value may be, or NO_NODE when that isn't looked into. */
  object: number
  list: number
}

export const ROOT = 0
export const NO_NODE = -1

/** The names that a JSON format reads, by the object or list in which they stand. */
export interface JsonTable {
  find(node: number, source: ByteSource, start: number, end: number): JsonEntry | undefined
  /** The object around an object or a list; of ROOT there is none. */
  parentOf(node: number): number
  isList(node: number): boolean
}

/** `preferred` names win over `others` for the same field. */
export function createJsonTable(preferred: readonly JsonName[], others: readonly JsonName[]): JsonTable {
  const parents = [NO_NODE]
  const lists = [false]
  const entries: JsonEntry[] = []
  const byName = new Map<string, JsonEntry>()
  let names = ''

  for (const [name, field, kind] of preferred) define(ROOT, name, toKey(field, kind, true))
  for (const [name, field, kind] of others) define(ROOT, name, toKey(field, kind, false))

  /** Also every way in which objects may stand for the name's dots. */
  function define(node: number, name: string, key: JsonKey): void {
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      const around = entryOf(node, name.slice(0, dot))
      if (around.object === NO_NODE) around.object = addNode(node, false)
      define(around.object, name.slice(dot + 1), key)
    }
    const isList = name.endsWith('[]')
    const entry = entryOf(node, isList ? name.slice(0, -2) : name)
    entry.key ??= key
    if (isList && entry.list === NO_NODE) entry.list = addNode(node, true)
  }

  function addNode(parent: number, isList: boolean): number {
    lists.push(isList)
    return parents.push(parent) - 1
  }

  function entryOf(node: number, name: string): JsonEntry {
    const known = byName.get(`${node} ${name}`)
    if (known !== undefined) return known
    const start = Buffer.byteLength(names)
    const entry = { node, start, length: Buffer.byteLength(name), key: undefined, object: NO_NODE, list: NO_NODE }
    names += name
    entries.push(entry)
    byName.set(`${node} ${name}`, entry)
    return entry
  }

  return {
    find: createFinder(entries, names),
    parentOf: (node) => parents[node] ?? NO_NODE,
    isList: (node) => lists[node] === true,
  }
}

/** Open addressing by object, length, first and last byte. */
function createFinder(entries: readonly JsonEntry[], names: string): JsonTable['find'] {
  const keys = toByteSource(Buffer.from(names))
  const size = 2 ** Math.ceil(Math.log2(4 * (entries.length + 1)))
  const table: (JsonEntry | undefined)[] = new Array(size).fill(undefined)
  for (const entry of entries) {
    let slot = slotFor(entry.node, keys.bytes, entry.start, entry.start + entry.length)
    while (table[slot] !== undefined) slot = (slot + 1) % size
    table[slot] = entry
  }

  function slotFor(node: number, bytes: Buffer, start: number, end: number): number {
    if (start === end) return node % size
    return (node * 37 + (end - start) * 29 + (bytes[start] as number) * 5 + (bytes[end - 1] as number) * 11) % size
  }

  return function find(node, source, start, end) {
    const length = end - start
    for (let slot = slotFor(node, source.bytes, start, end); ; slot = (slot + 1) % size) {
      const entry = table[slot]
      if (entry === undefined) return undefined
      const isSame = entry.node === node && entry.length === length
      if (isSame && equalBytes(keys, entry.start, source, start, length)) return entry
    }
  }
}

function toKey(field: number, kind: JsonKind, isPreferred: boolean): JsonKey {
  const slot = field === REQUEST_LINE ? REQUEST_LINE : slotOf(field)
  return { field, slot, acceptsString: kind !== 'number', acceptsNumber: kind !== 'string', isPreferred }
}
