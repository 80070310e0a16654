import {
  BATCH_LINES,
  FAULT_KEY,
  FIELD_NAMES,
  faultyFieldOf,
  reasonOf,
  SKIPPED,
  type Slots,
  slotOf,
} from './formats/line-format.ts'
import type { LineBatch } from './line-batch.ts'
import {
  type BlockPosition,
  MAX_REJECT_CHARACTERS,
  MAX_REJECTS_KEPT,
  type ParsedBlock,
  REJECT_REASONS,
  type Reject,
  type RejectReason,
} from './parsed-block.ts'

/** The lines of a block that become no rows: all of them are counted, the first rejects kept. */
export interface DroppedLines {
  /** What became of a line of the present batch. */
  add(outcome: number, line: number): void
  finish(): Pick<ParsedBlock, 'rejected' | 'skipped' | 'rejects' | 'rejectCounts'>
}

/** `block` holds the lines as they are in the log; `text` holds what slots point to. */
export interface ScannedLines {
  readonly block: Buffer
  readonly text: Buffer
  readonly batch: LineBatch
}

/** `mask` takes from a line what must not be kept. */
export function createDroppedLines(
  { block, text, batch }: ScannedLines,
  position: BlockPosition,
  mask: (line: string) => string,
): DroppedLines {
  const rejects: Reject[] = []
  const rejectCounts: Partial<Record<RejectReason, number>> = {}
  let rejected = 0
  let skipped = 0

  function add(outcome: number, line: number): void {
    if (outcome === SKIPPED) {
      skipped += 1
      return
    }
    const reason = REJECT_REASONS[reasonOf(outcome) - 1] ?? 'unmatched'
    rejectCounts[reason] = (rejectCounts[reason] ?? 0) + 1
    rejected += 1
    if (rejects.length < MAX_REJECTS_KEPT) rejects.push(toReject(outcome, line, reason))
  }

  function toReject(outcome: number, line: number, reason: RejectReason): Reject {
    const start = batch.starts[line] ?? 0
    const field = FIELD_NAMES[faultyFieldOf(outcome)]
    const isFault = reason === 'bad-field' || reason === 'bad-time'
    const kept = mask(startOf(block, { start, end: batch.ends[line] ?? start }, MAX_REJECT_CHARACTERS))
    return {
      source: position.source,
      lineNumber: position.firstLine + (batch.lineIndexes[line] ?? 0),
      byteOffset: position.firstByte + start,
      reason,
      text: kept.slice(0, MAX_REJECT_CHARACTERS),
      ...(isFault && field !== undefined ? { detail: explainFault(field, line, kept) } : {}),
    }
  }

  /** `status: expected a status from 100 to 599, found 777`; what is masked in the line is not shown here either. */
  function explainFault(field: FieldName, line: number, kept: string): string {
    const shown = (part: string) => (kept.includes(part) || kept.length >= MAX_REJECT_CHARACTERS ? mask(part) : '…')
    const value = startOf(text, slotRange(batch.slots, FIELD_NAMES.indexOf(field), line), MAX_VALUE_CHARACTERS)
    const key = startOf(text, slotRange(batch.slots, FAULT_KEY, line), MAX_KEY_CHARACTERS)
    return `${key === '' ? field : shown(key)}: expected ${expectationOf(field)}, found ${shown(value)}`
  }

  return { add, finish: () => ({ rejected, skipped, rejects, rejectCounts }) }
}

/** The first characters of a range; a character is at most four bytes. */
function startOf(bytes: Buffer, { start, end }: ByteRange, maxCharacters: number): string {
  return bytes.toString('utf8', start, Math.min(end, start + 4 * maxCharacters)).slice(0, maxCharacters)
}

type FieldName = (typeof FIELD_NAMES)[number]

interface ByteRange {
  readonly start: number
  readonly end: number
}

const MAX_KEY_CHARACTERS = 64
const MAX_VALUE_CHARACTERS = 40

/** Empty when the field is absent. */
function slotRange(slots: Slots, field: number, line: number): ByteRange {
  const slot = slotOf(field) + line
  const start = slots[slot] ?? -1
  return start < 0 ? { start: 0, end: 0 } : { start, end: slots[slot + BATCH_LINES] ?? start }
}

function expectationOf(field: FieldName): string {
  switch (field) {
    case 'ts':
    case 'start':
      return 'a time'
    case 'status':
      return 'a status from 100 to 599'
    case 'count':
      return 'a whole number from 1'
    case 'duration_ms':
    case 'bytes':
      return 'a number'
    case 'duration':
      return 'a duration'
    default:
      return 'a text'
  }
}
