import type { IncidentDocument } from '../../../shared/domain/incident-wire.ts'
import { OperationError } from '../../../shared/runtime/errors.ts'
import type { IncidentMessage } from '../core/incident-message.ts'
import type { Notice, Receipt } from '../core/notice.ts'

/** What is to be said of one incident. */
export interface Delivery {
  readonly message: IncidentMessage
  /** The incident as the public interface writes it. */
  readonly document: IncidentDocument
  /** What is new, oldest first; empty when nobody is to be disturbed and only what stands there is out of date. */
  readonly notices: readonly Notice[]
  /** What the first delivery of this incident to this target came back with; undefined at first. */
  readonly receipt: Receipt | undefined
  /** A picture of the error rate, PNG; undefined where there is nothing to draw. Made when it is asked for. */
  readonly drawChart: () => Promise<Uint8Array | undefined>
}

/** A way to reach people. It sends, and decides nothing. */
export interface Channel {
  /**
   * Resolves once the other side has it, to what finds it again. Rejects with a DeliveryError. What was sent in part is sent
   * whole the next time.
   */
  send(delivery: Delivery): Promise<Receipt>
}

/** The other side did not take it. `retryable`: the same again may pass. */
export class DeliveryError extends OperationError {
  /** How long it asks to be left alone. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    options: { code: string; retryable: boolean; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(message, options)
    this.retryAfterMs = options.retryAfterMs
  }
}
