import { createHmac, timingSafeEqual } from 'node:crypto'

const AGE_SECONDS_MAX = 300

/**
 * Whether Slack sent these bytes within five minutes: `v0=` and the HMAC-SHA256 of `v0:{timestamp}:{body}` under one of the
 * secrets. Several while a secret is rotated. Compared in constant time.
 * Source: docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function isSignedBySlack(
  request: { readonly body: Uint8Array; readonly timestamp: unknown; readonly signature: unknown },
  { secrets, nowMs }: { readonly secrets: readonly string[]; readonly nowMs: number },
): boolean {
  const { body, timestamp, signature } = request
  if (typeof timestamp !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > AGE_SECONDS_MAX) return false
  const given = Buffer.from(signature)
  // Each is compared, so that the time says nothing of which.
  return (
    secrets.filter((secret) => {
      const expected = Buffer.from(
        `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`,
      )
      return expected.length === given.length && timingSafeEqual(expected, given)
    }).length > 0
  )
}
