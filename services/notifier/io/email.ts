import { createTransport } from 'nodemailer'
import { OperationError } from '../../../shared/runtime/errors.ts'
import type { GuardedConnect } from '../../../shared/runtime/guarded-connect.ts'
import { toEmail } from '../core/email-text.ts'
import { type Channel, DeliveryError } from './channel.ts'
import { toDeliveryError } from './http-post.ts'

export interface EmailOptions {
  /** `smtps://user:password@mail.example.com`. */
  readonly smtpUrl: string
  readonly from: string
  readonly to: readonly string[]
}

const TIMEOUT_MS = 15_000
const PORTS = { plain: 587, secure: 465 } as const

/**
 * A mail a telling; the later ones answer the first, so that mail programs keep the story together. A server that is not
 * allowed by name is talked to over TLS alone: from the first byte, or by STARTTLS.
 */
export function createEmail(connect: GuardedConnect, { smtpUrl, from, to }: EmailOptions): Channel {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    getSocket({ host = 'localhost', port, secure }, callback) {
      const standard = secure === true ? PORTS.secure : PORTS.plain
      connect(host, Number(port ?? standard)).then(
        ({ socket, isTrusted }) => callback(null, { connection: socket, ...(!isTrusted && { requireTLS: true }) }),
        (error: unknown) => callback(error instanceof Error ? error : new Error('no connection'), false),
      )
    },
  })
  const domain =
    from
      .split('@')
      .at(-1)
      ?.replace(/[^\w.-]/g, '') ?? 'culprit'
  return {
    async send({ message, notices, receipt }) {
      const [first] = notices
      if (first === undefined) return receipt ?? {}
      const { subject, text } = toEmail(message, notices)
      const messageId = `<${first.id}@${domain}>`
      const root = receipt?.['message_id']
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject,
          text,
          messageId,
          ...(root !== undefined && { inReplyTo: root, references: root }),
        })
      } catch (cause) {
        throw toMailError(cause)
      }
      return { message_id: root ?? messageId }
    },
  }
}

/** A reply of 5xx stays as it is until somebody mends the set-up. */
function toMailError(cause: unknown): DeliveryError {
  if (cause instanceof OperationError) return toDeliveryError('email', cause)
  const code = cause instanceof Error && 'responseCode' in cause ? Number(cause.responseCode) : undefined
  const said = code === undefined ? "the mail server can't be reached" : `the mail server answers ${code}`
  return new DeliveryError(`email: ${said}`, {
    code: code === undefined ? 'unreachable' : `smtp_${code}`,
    retryable: code === undefined || code < 500,
    cause,
  })
}
