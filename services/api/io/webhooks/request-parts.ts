import type { FastifyRequest } from 'fastify'
import { InputError } from '../../../../shared/runtime/errors.ts'

export interface Sent {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** Some send JSON as a form's `payload`. */
export function parseBody({ headers, body }: Sent): unknown {
  const text = body.toString()
  const isForm = /^application\/x-www-form-urlencoded/i.test(headers['content-type'] ?? '')
  const json = isForm ? new URLSearchParams(text).get('payload') : text
  try {
    return JSON.parse(json ?? '')
  } catch {
    throw new InputError('the body is not JSON')
  }
}

/** One value a header: of several, the first. */
export function headersOf({ headers }: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )
}
