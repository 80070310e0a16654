import { z } from 'zod'
import { parseInstant } from '../../../shared/domain/parse-instant.ts'

const TEXT_LENGTH_MAX = 500
const CURSOR_LENGTH_MAX = 2_000
const PAGE_DEFAULT = 100
const PAGE_MAX = 500
/** The last time that JavaScript has. */
export const END_OF_TIME_MS = 8.64e15

/** A name to filter by; empty when anything will do. */
export const nameFilter = z.string().max(TEXT_LENGTH_MAX).default('')

/** Some of `values`, separated by commas; empty when anything will do. */
export function someOf<Value extends string>(values: readonly Value[]) {
  const described = z
    .string()
    .max(TEXT_LENGTH_MAX)
    .default('')
    .describe(`Some of these, separated by commas: ${values.join(', ')}`)
  return described.transform((text, context): Value[] => {
    const names = text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
    const known = values.filter((value) => names.includes(value))
    if (known.length === new Set(names).size) return known
    context.addIssue({ code: 'custom', message: `can be some of ${values.join(', ')}` })
    return z.NEVER
  })
}

/** RFC 3339 or an epoch, as epoch milliseconds. */
export const instantText = z
  .string()
  .max(TEXT_LENGTH_MAX)
  .transform((text, context) => {
    const atMs = parseInstant(text)
    if (atMs !== undefined && atMs <= END_OF_TIME_MS) return atMs
    context.addIssue({ code: 'custom', message: 'write a time like 2026-10-02T14:03:10Z, or an epoch' })
    return z.NEVER
  })

/** Where a page ended: the next one goes on after it, whatever has come since. */
export interface PagePosition {
  readonly atMs: number
  readonly id: string
}

const BEFORE_ALL: PagePosition = { atMs: END_OF_TIME_MS, id: '' }
const positionSchema = z.tuple([z.number().min(-END_OF_TIME_MS).max(END_OF_TIME_MS), z.string()])

/** The parameters of every list: how many, and where the page before ended. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT).describe('How many at most.'),
  cursor: z
    .string()
    .max(CURSOR_LENGTH_MAX)
    .optional()
    .describe('`next_cursor` of the page before.')
    .transform((text, context) => {
      const position = text === undefined ? BEFORE_ALL : readCursor(text)
      if (position !== undefined) return position
      context.addIssue({ code: 'custom', message: 'is no cursor of ours: take next_cursor of the page before' })
      return z.NEVER
    }),
}

export function writeCursor({ atMs, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([atMs, id])).toString('base64url')
}

function readCursor(text: string): PagePosition | undefined {
  try {
    const [atMs, id] = positionSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    return { atMs: Math.trunc(atMs), id }
  } catch {
    return undefined
  }
}

/** One page of a list, as it is answered. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().describe('For the next page; null on the last one.'),
  })
}

/** The page that `rows` make, of which one more than `limit` was asked for. */
export function toPage<Row extends PagePosition & { readonly item: unknown }>(
  rows: readonly Row[],
  limit: number,
): { items: Row['item'][]; next_cursor: string | null } {
  const last = rows[limit - 1]
  return {
    items: rows.slice(0, limit).map(({ item }) => item),
    next_cursor: rows.length > limit && last !== undefined ? writeCursor(last) : null,
  }
}
