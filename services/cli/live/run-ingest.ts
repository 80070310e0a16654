import { randomUUID } from 'node:crypto'
import type { Metrics } from '../../../shared/runtime/metrics.ts'
import { createAdmission } from '../../ingest/core/admission.ts'
import type { Reject } from '../../ingest/core/parsed-block.ts'
import { createEventEncoder } from '../../ingest/encode-events.ts'
import { eventsRoute } from '../../ingest/io/events-route.ts'
import { otlpRoute } from '../../ingest/io/otlp-route.ts'
import { createParsePool, defaultWorkers } from '../../ingest/io/parse-pool.ts'
import { readAdmitted } from '../../ingest/io/read-admitted.ts'
import { createRejectWriter } from '../../ingest/io/reject-writer.ts'
import { openStoredMessages } from '../../ingest/io/stored-messages.ts'
import { createReceiver, type ReceiveEvents } from '../../ingest/receive-events.ts'
import { createEventWriter } from '../../ingest/write-events.ts'
import { type CulpritConfig, readPrivacy } from '../config.ts'
import { parseFormatArgument } from '../format-argument.ts'
import { runSources } from './run-sources.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

export async function runIngest(deps: LiveDeps, config: CulpritConfig): Promise<RunningService> {
  const { bus, log, metrics, openStore, openTopicReader, pipe, nowMs } = deps
  const { max_services: maxServices, max_routes_per_service: maxRoutesPerService, workers } = config.ingest
  const privacy = await readPrivacy(config)
  const store = await openStore()
  const pool = createParsePool(workers ?? defaultWorkers())
  const admission = createAdmission({ maxServices, maxRoutesPerService })
  admission.admit(await readAdmitted(store))
  const storeRejects = async (rejects: readonly Reject[], token: string) => {
    const writer = createRejectWriter({
      insertRows: (rows, joined) => store.insertRows('rejects', rows, joined),
      nowMs,
    })
    await writer.add(rejects, token)
    await writer.finish()
  }
  // Within one process what comes again comes from whoever publishes it, as it was.
  const stored = config.bus === 'memory' ? undefined : openStoredMessages(store, nowMs)
  const handle = createEventWriter(
    { pool, admission, storeRejects, insertNative: store.insertNative, ...(stored && { stored }) },
    privacy,
  )
  await bus.subscribe({ topic: 'access-events', group: 'ingest', handle })
  const messageBytesMax = await bus.messageBytesMax('access-events')
  const encode = createEventEncoder({ pool, admission, messageBytesMax, nowMs }, privacy)
  const receive = countReceived(
    metrics,
    createReceiver(
      { encode, publish: bus.publish, messageBytesMax, storeRejects, nowMs, newToken: randomUUID },
      privacy,
    ),
  )
  metrics.gauge('culprit_events_pending', 'Messages of events that wait to be stored.', () =>
    bus.lag('access-events', 'ingest'),
  )
  const sources = await runSources({ receive, openTopicReader, pipe, log, nowMs }, config)
  return {
    routes: [eventsRoute({ receive, parseFormat: parseFormatArgument }), otlpRoute({ receive })],
    stopTelling: () => sources.stop(),
    async stop() {
      await pool.close()
      await store.close()
    },
  }
}

function countReceived(metrics: Metrics, receive: ReceiveEvents): ReceiveEvents {
  const accepted = metrics.counter('culprit_events_accepted_total', 'Events taken from all sources.')
  const rejected = metrics.counter('culprit_lines_rejected_total', 'Lines that are no events.')
  const clamped = metrics.counter(
    'culprit_events_clamped_total',
    'Events from clocks that run ahead, counted as of now.',
  )
  return async (lines) => {
    const receipt = await receive(lines)
    accepted(receipt.accepted)
    rejected(receipt.rejected)
    clamped(receipt.clamped)
    return receipt
  }
}
