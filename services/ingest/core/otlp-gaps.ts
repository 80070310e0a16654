// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte, toByteSource } from './byte-source.ts'
import { CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from './formats/json-scan.ts'
import { type JsonEntry, type JsonKey, NO_NODE, ROOT } from './formats/json-table.ts'
import { BYTES, DURATION, TRACE_ID } from './formats/line-format.ts'
import { NDJSON_TABLE } from './formats/ndjson-keys.ts'

/** What a value is, and how an attribute's is written. */
export type OtlpValueKind = 'time' | 'observed' | 'trace' | 'body' | 'text' | 'integer' | 'decimal'

/** What is read from a value of a request. */
export interface OtlpKey {
  readonly kind: OtlpValueKind
  /** Of an attribute. */
  readonly key: JsonKey | undefined
  /** An attribute's own among those of a record, or of a resource. */
  readonly bit: number
}

/** What stands before a value of a request, or before its end. */
export interface OtlpGap {
  /** Where in the request that is, for who reads on from there, and of CHANGES what came before it. */
  state: number
  key: OtlpKey | undefined
}

export const REQUEST_START = -1
// What a state says of the gap before it. Of several each comes after those before it in this list.
export const ENDS_RECORD = 1 << 16
export const BEGINS_RESOURCE = 1 << 17
export const BEGINS_RECORD = 1 << 18
export const ENDS_REQUEST = 1 << 19
export const CHANGES = ENDS_RECORD | BEGINS_RESOURCE | BEGINS_RECORD | ENDS_REQUEST

// The lowest bits of a state: the object or list that the value is in.
const [REQUEST, RESOURCES, RESOURCE_LOGS, RESOURCE, RESOURCE_ATTRIBUTES, SCOPES] = [0, 1, 2, 3, 4, 5]
const [SCOPE_LOGS, RECORDS, RECORD, BODY, ATTRIBUTES] = [6, 7, 8, 9, 10]
const PLACE_MASK = 0xf
/** The value is that of an attribute, whose two objects end behind it. */
const IN_ATTRIBUTE = 1 << 4
/** Which members there were already: one that is there twice is unusual. */
const SEEN_MASK = 0xffe0

interface Place {
  readonly parent: number
  /** Of a list of objects. */
  readonly items?: number
  /** What these may have been seen to have is forgotten where one begins. */
  readonly itemSeen?: number
}
const PLACES: readonly Place[] = [
  { parent: -1 },
  { parent: REQUEST, items: RESOURCE_LOGS, itemSeen: 0b111 << 6 },
  { parent: RESOURCES },
  { parent: RESOURCE_LOGS },
  { parent: RESOURCE },
  { parent: RESOURCE_LOGS, items: SCOPE_LOGS, itemSeen: 1 << 9 },
  { parent: SCOPES },
  { parent: SCOPE_LOGS, items: RECORD, itemSeen: 0b111111 << 10 },
  { parent: RECORDS },
  { parent: RECORD },
  { parent: RECORD },
]

interface Member {
  readonly seen: number
  /** What its value must be. */
  readonly opens?: number
  readonly key?: OtlpKey
}
const special = (kind: OtlpValueKind): OtlpKey => ({ kind, key: undefined, bit: 0 })
const MEMBERS: ReadonlyMap<string, Member> = new Map<string, Member>([
  [`${REQUEST} resourceLogs`, { seen: 1 << 5, opens: RESOURCES }],
  [`${RESOURCE_LOGS} resource`, { seen: 1 << 6, opens: RESOURCE }],
  [`${RESOURCE} attributes`, { seen: 1 << 7, opens: RESOURCE_ATTRIBUTES }],
  [`${RESOURCE_LOGS} scopeLogs`, { seen: 1 << 8, opens: SCOPES }],
  [`${SCOPE_LOGS} logRecords`, { seen: 1 << 9, opens: RECORDS }],
  [`${RECORD} timeUnixNano`, { seen: 1 << 10, key: special('time') }],
  [`${RECORD} observedTimeUnixNano`, { seen: 1 << 11, key: special('observed') }],
  [`${RECORD} traceId`, { seen: 1 << 12, key: special('trace') }],
  [`${RECORD} body`, { seen: 1 << 13, opens: BODY }],
  [`${RECORD} attributes`, { seen: 1 << 14, opens: ATTRIBUTES }],
  [`${BODY} stringValue`, { seen: 1 << 15, key: special('body') }],
])
const RESOURCE_SEEN = 1 << 6
const SCOPES_SEEN = 1 << 8

const ATTRIBUTE_START = Buffer.from('{"key":"')
const VALUE_START = Buffer.from('","value":{"')
const MAX_BITS = 31

/** Is the value an attribute of the resource, not of a record? */
export function isOfResource(state: number): boolean {
  return (state & PLACE_MASK) === RESOURCE_ATTRIBUTES
}

/** What is known of the attribute that has the name `[start, end)`; nothing of one that nobody reads. */
export function findAttribute(
  ofResource: boolean,
  source: ByteSource,
  start: number,
  end: number,
): JsonEntry | undefined {
  return NDJSON_TABLE.find(ofResource ? RESOURCE_NODE : RECORD_NODE, source, start, end)
}

/**
 * Makes the reader of what stands between two values of an OTLP request in JSON, from `start`, which is the closing quote of a
 * string, to the next value before `end` or the end itself, and sets `gap`. Gives where the value begins, behind a string's
 * quote, or the end, or -1 when the request is not written as exporters mostly do, without white space.
 */
export function createOtlpGapReader(): (source: ByteSource, start: number, end: number, gap: OtlpGap) => number {
  const recordKeys = new Map<JsonKey, number>()
  const resourceKeys = new Map<JsonKey, number>()
  const known = new Map<string, OtlpKey>()

  function read(source: ByteSource, start: number, end: number, gap: OtlpGap): number {
    const bytes = source.bytes
    let isFirst = gap.state === REQUEST_START
    let place = isFirst ? REQUEST : gap.state & PLACE_MASK
    let seen = isFirst ? 0 : gap.state & SEEN_MASK
    let changes = 0
    let at = skipValueEnd(bytes, start, gap.state)
    if (at < 0) return fail(gap)
    while (at < end) {
      const isAttributes = place === ATTRIBUTES || place === RESOURCE_ATTRIBUTES
      const { parent, items, itemSeen = 0 } = PLACES[place] as Place
      const isList = isAttributes || items !== undefined
      if (bytes[at] === (isList ? CLOSE_LIST : CLOSE_OBJECT)) {
        at += 1
        // A record without any value.
        if (place === RECORD && (changes & BEGINS_RECORD) !== 0) return fail(gap)
        if (place === RECORD) changes |= ENDS_RECORD
        if (place === REQUEST) return at === end ? put(gap, at, changes | ENDS_REQUEST) : fail(gap)
        place = parent
        isFirst = false
        continue
      }
      if (!isFirst && bytes[at++] !== COMMA) return fail(gap)
      if (isAttributes) return readAttribute(source, at, end, gap, place | seen | changes)
      if (items !== undefined) {
        if (bytes[at] !== OPEN_OBJECT) return fail(gap)
        if (items === RESOURCE_LOGS) changes |= BEGINS_RESOURCE
        if (items === RECORD) changes |= BEGINS_RECORD
        place = items
        seen &= ~itemSeen
      } else {
        const nameEnd = bytes[at] === QUOTE ? findByte(source, QUOTE, at + 1, end) : end
        if (nameEnd + 2 >= end || bytes[nameEnd + 1] !== COLON) return fail(gap)
        const name = bytes.toString('latin1', at + 1, nameEnd)
        const member = MEMBERS.get(`${place} ${name}`)
        at = nameEnd + 2
        // A resource that comes after its records, a name that is written otherwise, and a body that is no text.
        const isLate = member?.seen === RESOURCE_SEEN && (seen & SCOPES_SEEN) !== 0
        if (isLate || name.includes('\\') || (member === undefined && place === BODY)) return fail(gap)
        if (member !== undefined && (seen & member.seen) !== 0) return fail(gap)
        seen |= member?.seen ?? 0
        if (member?.opens === undefined) return put(gap, valueAfter(bytes, at), place | seen | changes, member?.key)
        place = member.opens
        const opening = PLACES[place]?.items !== undefined || place === ATTRIBUTES || place === RESOURCE_ATTRIBUTES
        if (bytes[at] !== (opening ? OPEN_LIST : OPEN_OBJECT)) return fail(gap)
      }
      at += 1
      isFirst = true
    }
    return fail(gap)
  }

  /** `{"key":"http.route","value":{"stringValue":`, in the list that `state` names. */
  function readAttribute(source: ByteSource, start: number, end: number, gap: OtlpGap, state: number): number {
    const { bytes } = source
    const nameAt = start + ATTRIBUTE_START.length
    const nameEnd = findByte(source, QUOTE, Math.min(nameAt, end), end)
    const typeAt = nameEnd + VALUE_START.length
    const typeEnd = findByte(source, QUOTE, Math.min(typeAt, end), end)
    const isUsual = startsWith(bytes, ATTRIBUTE_START, start) && startsWith(bytes, VALUE_START, nameEnd)
    if (!isUsual || typeEnd + 2 >= end || bytes[typeEnd + 1] !== COLON) return fail(gap)
    // A name with escapes is unusual.
    if (bytes.subarray(nameAt, nameEnd).includes('\\')) return fail(gap)
    const valueAt = valueAfter(bytes, typeEnd + 2)
    const entry = findAttribute(isOfResource(state), source, nameAt, nameEnd)
    const next = state | IN_ATTRIBUTE
    if (entry === undefined) return put(gap, valueAt, next)
    const type = bytes.toString('latin1', typeAt, typeEnd)
    const key = entry.key === undefined ? undefined : keyFor(entry.key, type, isOfResource(state))
    // A map may hold what the names behind the dots stand for; of a text nothing is read.
    if (key === undefined && (entry.key !== undefined || type !== 'stringValue')) return fail(gap)
    return put(gap, valueAt, next, key)
  }

  function keyFor(key: JsonKey, type: string, isResource: boolean): OtlpKey | undefined {
    const keys = isResource ? resourceKeys : recordKeys
    const index = keys.get(key) ?? keys.size
    const kind = kindOf(key, type)
    if (kind === undefined || index === MAX_BITS) return undefined
    keys.set(key, index)
    const name = `${isResource} ${index} ${kind}`
    const before = known.get(name) ?? { kind, key, bit: 1 << index }
    known.set(name, before)
    return before
  }

  return read
}

/** How an attribute's value may be written for its field to be read from it as it is. */
function kindOf({ field, acceptsString, acceptsNumber }: JsonKey, type: string): OtlpValueKind | undefined {
  if (type === 'stringValue' && acceptsString) return 'text'
  if (type === 'intValue' && acceptsNumber && field !== TRACE_ID) return 'integer'
  return type === 'doubleValue' && (field === DURATION || field === BYTES) ? 'decimal' : undefined
}

function put(gap: OtlpGap, valueAt: number, state: number, key?: OtlpKey): number {
  gap.state = state
  gap.key = key
  return valueAt
}

function fail(gap: OtlpGap): number {
  return put(gap, -1, 0)
}

/** What ends a value: a string's quote, the objects of an attribute. Of the request's start its beginning. */
function skipValueEnd(bytes: Buffer, start: number, state: number): number {
  if (state === REQUEST_START) return bytes[start] === OPEN_OBJECT ? start + 1 : -1
  const at = bytes[start] === QUOTE ? start + 1 : start
  if ((state & IN_ATTRIBUTE) === 0) return at
  return bytes[at] === CLOSE_OBJECT && bytes[at + 1] === CLOSE_OBJECT ? at + 2 : -1
}

function valueAfter(bytes: Buffer, at: number): number {
  return bytes[at] === QUOTE ? at + 1 : at
}

function startsWith(bytes: Buffer, start: Buffer, at: number): boolean {
  return start.compare(bytes, at, Math.min(at + start.length, bytes.length)) === 0
}

const nodeOf = (node: number, name: string): JsonEntry | undefined =>
  NDJSON_TABLE.find(node, toByteSource(Buffer.from(name)), 0, name.length)
const RECORD_NODE = nodeOf(ROOT, 'attributes')?.object ?? NO_NODE
const RESOURCE_NODE = nodeOf(nodeOf(ROOT, 'resource')?.object ?? NO_NODE, 'attributes')?.object ?? NO_NODE
