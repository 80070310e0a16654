import {
  BAD_FIELD,
  BAD_TIME,
  FAULT_AT,
  FAULT_FIELD,
  FAULT_KEY_END,
  FAULT_KEY_START,
  FIELD_NAMES,
  type Slots,
} from './formats/line-format.ts'
import {
  type BlockPosition,
  MAX_REJECT_CHARACTERS,
  MAX_REJECTS_KEPT,
  type ParsedBlock,
  REJECT_REASONS,
  type Reject,
  type RejectReason,
} from './parsed-block.ts'

/** Gathers a block's rejects: all of them are counted, the first ones kept. */
export interface RejectList {
  /** `outcome` is the reason's position in REJECT_REASONS plus 1; `line` the present one, of which the slots tell the fault. */
  add(outcome: number, line: RejectedLine): void
  finish(): Pick<ParsedBlock, 'rejected' | 'rejects' | 'rejectCounts'>
}

export interface RejectedLine {
  /** Within the block, from 0. */
  readonly lineIndex: number
  readonly start: number
  readonly end: number
}

export function createRejectList(bytes: Buffer, slots: Slots, position: BlockPosition): RejectList {
  const kept: Reject[] = []
  const counts: Partial<Record<RejectReason, number>> = {}
  let rejected = 0

  return {
    add(outcome, { lineIndex, start, end }) {
      const reason = REJECT_REASONS[outcome - 1] ?? 'unmatched'
      counts[reason] = (counts[reason] ?? 0) + 1
      rejected += 1
      if (kept.length >= MAX_REJECTS_KEPT) return
      const detail = outcome === BAD_FIELD || outcome === BAD_TIME ? explainFault(bytes, slots, end) : undefined
      kept.push({
        source: position.source,
        lineNumber: position.firstLine + lineIndex,
        byteOffset: position.firstByte + start,
        reason,
        text: startOf(bytes, start, end, MAX_REJECT_CHARACTERS),
        ...(detail === undefined ? {} : { detail }),
      })
    },
    finish: () => ({ rejected, rejects: kept, rejectCounts: counts }),
  }
}

const MAX_KEY_CHARACTERS = 64
const MAX_VALUE_CHARACTERS = 40

/** `status: expected 100 to 599, found 777`. */
function explainFault(bytes: Buffer, slots: Slots, lineEnd: number): string {
  const field = slots[FAULT_FIELD] ?? 0
  const at = slots[FAULT_AT] ?? 0
  const keyAt = slots[FAULT_KEY_START] ?? -1
  const isWholeValue = at === slots[2 * field]
  const value = startOf(bytes, at, isWholeValue ? (slots[2 * field + 1] ?? lineEnd) : lineEnd, MAX_VALUE_CHARACTERS)
  const key = keyAt < 0 ? FIELD_NAMES[field] : startOf(bytes, keyAt, slots[FAULT_KEY_END] ?? keyAt, MAX_KEY_CHARACTERS)
  return `${key}: expected ${expectationOf(FIELD_NAMES[field])}, found ${value}`
}

function expectationOf(name: (typeof FIELD_NAMES)[number] | undefined): string {
  switch (name) {
    case 'ts':
      return 'a time'
    case 'status':
      return 'a status from 100 to 599'
    case 'count':
      return 'a whole number from 1'
    case 'duration_ms':
    case 'duration_seconds':
    case 'bytes':
      return 'a number'
    default:
      return 'a text'
  }
}

/** The first characters of `bytes[start, end)`; a character is at most four bytes. */
function startOf(bytes: Buffer, start: number, end: number, maxCharacters: number): string {
  return bytes.toString('utf8', start, Math.min(end, start + 4 * maxCharacters)).slice(0, maxCharacters)
}
