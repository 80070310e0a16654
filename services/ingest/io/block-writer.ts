import { joinTokens } from './block-token.ts'

/** A block of events ready for the store. */
export interface EncodedBlock {
  /** Which bytes of which log it came from, and their checksum. */
  readonly token: string
  readonly rows: number
  /** ClickHouse Native format. */
  readonly native: Uint8Array
}

/** Puts blocks together into inserts of a size that the engine likes, and stores one while the next is gathered. */
export interface BlockWriter {
  add(block: EncodedBlock): Promise<void>
  /** Resolves once everything is stored. */
  finish(): Promise<void>
}

const ROWS_PER_INSERT = 500_000
const BYTES_PER_INSERT = 48 * 1024 * 1024

export function createBlockWriter(
  insert: (native: readonly Uint8Array[], token: string) => Promise<void>,
): BlockWriter {
  let blocks: EncodedBlock[] = []
  let rows = 0
  let bytes = 0
  let inserting = Promise.resolve()

  async function startInsert(): Promise<void> {
    const native = blocks.map((block) => block.native)
    const token = joinTokens(blocks.map((block) => block.token))
    blocks = []
    rows = 0
    bytes = 0
    await inserting
    inserting = insert(native, token)
    // Whoever adds or finishes next is told.
    inserting.catch(() => {})
  }

  return {
    async add(block) {
      blocks.push(block)
      rows += block.rows
      bytes += block.native.length
      if (rows >= ROWS_PER_INSERT || bytes >= BYTES_PER_INSERT) await startInsert()
    },
    async finish() {
      if (blocks.length > 0) await startInsert()
      await inserting
    },
  }
}
