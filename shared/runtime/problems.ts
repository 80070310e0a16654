import { z } from 'zod'

/** Every `code` that an answer of ours can bear, with its HTTP status and what it means to whoever asked. */
export const PROBLEMS = {
  bad_input: { status: 400, means: 'The body can not be used; `detail` says which line and field, and why.' },
  bad_parameter: {
    status: 400,
    means: 'A parameter of the path, the query or the headers is wrong; `detail` names it.',
  },
  bad_request: { status: 400, means: 'This is no HTTP request that can be answered.' },
  bad_signature: {
    status: 401,
    means: 'The body is not signed with the secret that we share, or was signed too long ago.',
  },
  no_secret: {
    status: 403,
    means: 'Nothing is taken from this sender as long as it has no secret; `detail` says which setting to set.',
  },
  unauthorized: { status: 401, means: 'No token, or none that this server knows.' },
  forbidden: {
    status: 403,
    means: 'The token has not the scope for this, or a browser was sent here by another site.',
  },
  too_many_requests: { status: 429, means: 'Ask again after `Retry-After`.' },
  not_found: { status: 404, means: 'Nothing answers at this path.' },
  no_change: { status: 404, means: 'No change has this id.' },
  no_silence: { status: 404, means: 'No silence has this id.' },
  silence_from_configuration: {
    status: 409,
    means: 'This silence is a maintenance window of the configuration: take it out of `notify.maintenance`.',
  },
  no_service: { status: 404, means: 'No service of this name had a request within a day.' },
  no_incident: { status: 404, means: 'No incident has this id.' },
  no_evidence: { status: 404, means: 'The incident has fewer sentences of evidence.' },
  not_embedded: { status: 409, means: 'The store is a ClickHouse server, which is backed up by its own `BACKUP`.' },
  backup_under_way: { status: 409, means: 'One backup is made at a time: ask again when it is done.' },
  too_large: { status: 413, means: 'The body, once inflated, is larger than we take at a time.' },
  unknown_content_type: { status: 415, means: 'Send one of the content types that this path takes.' },
  unknown_encoding: { status: 415, means: 'Send the body as gzip or as it is.' },
  internal: { status: 500, means: 'It failed on our side; our log says why.' },
  unavailable: { status: 503, means: 'Something that we need does not answer now: try again after `Retry-After`.' },
  bus_full: {
    status: 503,
    means: 'More is under way than we hold, nothing of this was kept: try again after `Retry-After`.',
  },
  bus_closed: { status: 503, means: 'We are stopping, nothing of this was kept: try again after `Retry-After`.' },
  too_busy: {
    status: 503,
    means: 'Too many bodies are held, nothing of this was kept: try again after `Retry-After`.',
  },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly means: string }>>

export type ProblemCode = keyof typeof PROBLEMS

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code)
}

const CODE_LIST = Object.entries(PROBLEMS)
  .map(([code, { status, means }]) => `- \`${code}\` (${status}): ${means}`)
  .join('\n')

/** Why a request was not answered: RFC 9457, `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS)).describe(CODE_LIST),
    detail: z.string().describe('For people: what is wrong with this very request.'),
  })
  .meta({ id: 'Problem' })
