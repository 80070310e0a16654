import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { z } from 'zod'

/** As the server has it, unless told otherwise. */
const BLAME_AT = 0.5

const settingsSchema = z.object({ blame_at: z.number() })

export const BlameAtContext = createContext(BLAME_AT)

/** A suspect at least this probable is blamed, one below only listed. */
export function useBlameAt(): number {
  return useContext(BlameAtContext)
}

export function readBlameAt(answer: unknown): number {
  return settingsSchema.parse(answer).blame_at
}
