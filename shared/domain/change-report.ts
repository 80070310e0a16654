import { z } from 'zod'
import { CHANGE_KINDS, CHANGE_STATUSES } from './change.ts'
import { cleanText } from './clean-text.ts'
import { parseInstant } from './parse-instant.ts'

const TEXT_LENGTH_MAX = 500
const COMMAND_LENGTH_MAX = 2_000
const SCOPE_LENGTH_MAX = 1_000

/** Long texts are cut: they are shown, never acted on. Half a pair of surrogates is no text and breaks who reads it on. */
function toText(value: string | number | null | undefined): string | undefined {
  return (
    String(value ?? '')
      .slice(0, TEXT_LENGTH_MAX)
      .replace(/\p{Cs}/gu, '�') || undefined
  )
}

/** Absent, null and empty mean the same. */
const optionalText = z.string().nullish().transform(toText)
/** What people read of it, and build systems fill with whatever they have. */
const shownText = z
  .string()
  .nullish()
  .transform((text) => toText(cleanText(text ?? undefined)))
const optionalName = z.union([z.string(), z.number()]).nullish().transform(toText)
const instant = z.union([z.string(), z.number()]).transform((value, context) => {
  const atMs = parseInstant(value)
  if (atMs !== undefined) return atMs
  context.addIssue({ code: 'custom', message: 'write a time like 2026-10-02T14:03:10Z, or an epoch' })
  return z.NEVER
})
const names = z.array(z.string()).max(SCOPE_LENGTH_MAX).nullish()

export const changeReportSchema = z.object({
  id: optionalName,
  ts: instant,
  finished_at: instant.nullish(),
  kind: z.enum(CHANGE_KINDS).nullish(),
  service: optionalText,
  env: optionalText,
  version: optionalText,
  previous_version: optionalText,
  status: z.enum(CHANGE_STATUSES).nullish(),
  title: shownText,
  author: optionalText,
  url: shownText,
  commit: optionalText,
  repo: optionalText,
  pull_request: optionalName,
  source: optionalText,
  scope: z
    .object({ regions: names, hosts: names, routes: names, percent: z.number().min(0).max(100).nullish() })
    .nullish(),
  reversible: z.boolean().nullish(),
  rollback: z
    .object({
      command: z.string().max(COMMAND_LENGTH_MAX).nullish(),
      url: z.string().max(COMMAND_LENGTH_MAX).nullish(),
    })
    .nullish(),
})

/** What one line says of one change, its times already epoch milliseconds. */
export type ChangeReport = z.infer<typeof changeReportSchema>
