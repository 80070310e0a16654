import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { HttpError, InputError, OperationError } from './errors.ts'
import type { Log } from './log.ts'
import { isProblemCode, PROBLEMS, type ProblemCode } from './problems.ts'

interface Problem {
  readonly code: ProblemCode
  readonly detail: string
}

const RETRY_AFTER_SECONDS = 5

/** Answers a failure as `application/problem+json` (RFC 9457); what is our fault is logged, and not told. */
export function answerFailures(log: Log) {
  return (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
    const problem = describe(error)
    const { status } = PROBLEMS[problem.code]
    if (status >= 500) log.error({ error }, 'a request failed')
    if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
    return sendProblem(reply, problem)
  }
}

export function sendProblem(reply: FastifyReply, { code, detail }: Problem) {
  const { status } = PROBLEMS[code]
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title: code.replaceAll('_', ' '), status, code, detail })
}

function describe(error: unknown): Problem {
  if (error instanceof HttpError) return { code: error.code, detail: error.message }
  if (error instanceof InputError) return { code: 'bad_input', detail: error.message }
  if (error instanceof OperationError && error.retryable)
    return { code: isProblemCode(error.code) ? error.code : 'unavailable', detail: 'try again shortly' }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation
    const field = first?.instancePath.split('/').filter(Boolean).join('.') ?? ''
    const detail = `${field === '' ? '' : `${field}: `}${first?.message ?? 'wrong'}`
    return { code: error.validationContext === 'body' ? 'bad_input' : 'bad_parameter', detail }
  }
  const status = statusOf(error)
  if (status === undefined || status < 400 || status >= 500 || !(error instanceof Error))
    return { code: 'internal', detail: 'this failed on our side; the log says why' }
  if (status === 413) return { code: 'too_large', detail: error.message }
  return { code: status === 415 ? 'unknown_content_type' : 'bad_request', detail: error.message }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  return typeof error.statusCode === 'number' ? error.statusCode : undefined
}
