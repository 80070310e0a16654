import { OperationError } from '../../../../shared/runtime/errors.ts'
import { createGuardedFetch } from '../../../../shared/runtime/guarded-fetch.ts'

const CONFIRM_MS_MAX = 5_000
const fetchPublic = createGuardedFetch({ allowedHosts: [] })

/**
 * Asks for `url`, which confirms a subscription; the adapter has made sure that it is the sender's own. No redirect is
 * followed.
 */
export async function confirmSubscription(url: string): Promise<void> {
  const failed = (cause: unknown) =>
    new OperationError('the subscription could not be confirmed', { code: 'unavailable', retryable: true, cause })
  const response = await fetchPublic(url, { signal: AbortSignal.timeout(CONFIRM_MS_MAX) }).catch((cause: unknown) => {
    throw failed(cause)
  })
  if (!response.ok) throw failed(`status ${response.status}`)
}
