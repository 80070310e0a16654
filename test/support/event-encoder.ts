import { createAdmission } from '../../services/ingest/core/admission.ts'
import { STRICT_PRIVACY } from '../../services/ingest/core/privacy.ts'
import { createEventEncoder } from '../../services/ingest/encode-events.ts'
import { createParsePool, type ParsePool } from '../../services/ingest/io/parse-pool.ts'
import type { EncodeEvents } from '../../services/ingest/receive-events.ts'

/** What makes blocks of many lines, with a thread that begins when it is first needed. */
export function openEventEncoder(of: { readonly messageBytesMax: number; readonly nowMs: () => number }): {
  readonly encode: EncodeEvents
  readonly close: () => Promise<void>
} {
  const admission = createAdmission({ maxServices: 100, maxRoutesPerService: 500 })
  let opened: { readonly pool: ParsePool; readonly encode: EncodeEvents } | undefined

  function open() {
    const pool = createParsePool(1)
    return { pool, encode: createEventEncoder({ pool, admission, ...of }, STRICT_PRIVACY) }
  }

  return {
    encode: (lines) => {
      opened ??= open()
      return opened.encode(lines)
    },
    close: async () => opened?.pool.close(),
  }
}
