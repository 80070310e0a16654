import { createTransport } from 'nodemailer'
import { toEmail } from '../core/email-text.ts'
import { type Channel, DeliveryError } from './channel.ts'

export interface EmailOptions {
  /** `smtps://user:password@mail.example.com`. */
  readonly smtpUrl: string
  readonly from: string
  readonly to: readonly string[]
}

const TIMEOUT_MS = 15_000
const TIMEOUTS = `connectionTimeout=${TIMEOUT_MS}&greetingTimeout=${TIMEOUT_MS}&socketTimeout=${TIMEOUT_MS}`

/** A mail a telling; the later ones answer the first, so that mail programs keep the story together. */
export function createEmail({ smtpUrl, from, to }: EmailOptions): Channel {
  const transport = createTransport(`${smtpUrl}${smtpUrl.includes('?') ? '&' : '?'}${TIMEOUTS}`)
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
        throw toDeliveryError(cause)
      }
      return { message_id: root ?? messageId }
    },
  }
}

/** A reply of 5xx stays as it is until somebody mends the set-up. */
function toDeliveryError(cause: unknown): DeliveryError {
  const code = cause instanceof Error && 'responseCode' in cause ? Number(cause.responseCode) : undefined
  const said = code === undefined ? "the mail server can't be reached" : `the mail server answers ${code}`
  return new DeliveryError(`email: ${said}`, {
    code: code === undefined ? 'unreachable' : `smtp_${code}`,
    retryable: code === undefined || code < 500,
    cause,
  })
}
