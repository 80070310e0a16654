import { promisify } from 'node:util'
import { Deserializer, Serializer } from 'node:v8'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { stableHash } from '../../../shared/domain/stable-hash.ts'
import type { Store } from '../../../shared/store/store.ts'
import { STATE_VERSION } from '../core/detector.ts'
import type { DetectorSettings } from '../core/settings.ts'
import type { WatchersState } from '../core/watchers.ts'
import { namesOf } from './checkpoint.ts'
import type { Part } from './part.ts'

/** What a detector knew before it judged `nextCell`: whoever goes on from it comes to the same as one that judged all of it. */
export interface KeptState {
  readonly nextCell: number
  readonly watchers: WatchersState
}

/** As large a text as the engine takes well in one row. */
const PIECE_CHARACTERS = 1_000_000
/** A state that unfolds to more than this is none of ours. */
const STATE_BYTES_MAX = 512 * 1024 * 1024
/** Most of a state are empty cells: the fastest finds them. */
const COMPRESSED = { level: 1 }

/** Keeps the state in place of the part's earlier one. It is taken as it is at the call. */
export async function writeState(
  store: Pick<Store, 'insertRows'>,
  { nextCell, watchers }: KeptState,
  { part, settings, nowMs }: { readonly part: Part; readonly settings: DetectorSettings; readonly nowMs: number },
): Promise<void> {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(watchers)
  const text = (await promisify(gzip)(serializer.releaseBuffer(), COMPRESSED)).toString('base64')
  const pieces = Math.ceil(text.length / PIECE_CHARACTERS)
  const of = { name: nameOf(part), pieces, position: nextCell, fitting: fittingOf(settings) }
  const rows = Array.from({ length: pieces }, (_, piece) => ({
    ...of,
    piece,
    state: text.slice(piece * PIECE_CHARACTERS, (piece + 1) * PIECE_CHARACTERS),
    updated_at: new Date(nowMs).toISOString(),
  }))
  await store.insertRows('detector_states', rows, `${of.name}:${nextCell}:${nowMs}`)
}

const pieceRow = z.object({ pieces: z.number(), position: z.coerce.number(), fitting: z.string(), state: z.string() })

/** The state of the part that was kept last; undefined where there is none that these settings, and this program, can go on from. */
export async function readState(
  store: Pick<Store, 'query'>,
  { part, settings }: { readonly part: Part; readonly settings: DetectorSettings },
): Promise<KeptState | undefined> {
  const rows = await store.query(
    pieceRow,
    `SELECT pieces, position, fitting, state FROM detector_states FINAL WHERE name = {name:String} ORDER BY piece`,
    { name: nameOf(part) },
  )
  const [first] = rows
  if (first === undefined || first.fitting !== fittingOf(settings)) return undefined
  // Of an earlier state that was larger more pieces may be there; one that was not stored whole is none.
  const pieces = rows.slice(0, first.pieces).filter(({ position }) => position === first.position)
  if (pieces.length < first.pieces) return undefined
  const watchers = await unfold(pieces.map(({ state }) => state).join(''))
  return watchers && { nextCell: first.position, watchers }
}

/** Undefined where it can't be: what it knew is then learned again from what is stored. */
async function unfold(text: string): Promise<WatchersState | undefined> {
  try {
    const bytes = await promisify(gunzip)(Buffer.from(text, 'base64'), { maxOutputLength: STATE_BYTES_MAX })
    const deserializer = new Deserializer(bytes)
    deserializer.readHeader()
    return deserializer.readValue()
  } catch {
    return undefined
  }
}

function nameOf(part: Part): string {
  return namesOf(part).join(' ')
}

/** A state is gone on from only by the same version under the same settings. */
function fittingOf({ services, ...settings }: DetectorSettings): string {
  return stableHash(JSON.stringify([STATE_VERSION, process.versions.v8, settings, [...services]]))
}
