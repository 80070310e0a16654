import { OperationError } from '../../../../shared/runtime/errors.ts'

const CONFIRM_MS_MAX = 5_000

/**
 * Asks for `url`, which confirms a subscription; the adapter has made sure that it is the sender's own. Nothing of the answer
 * is read, and no redirect followed.
 */
export async function confirmSubscription(url: string): Promise<void> {
  const failed = (cause: unknown) =>
    new OperationError('the subscription could not be confirmed', { code: 'unavailable', retryable: true, cause })
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(CONFIRM_MS_MAX) }).catch(
    (cause) => {
      throw failed(cause)
    },
  )
  await response.body?.cancel()
  if (!response.ok) throw failed(`status ${response.status}`)
}
