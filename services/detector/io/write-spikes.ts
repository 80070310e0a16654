import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Spike } from '../../../shared/domain/spike.ts'
import { spikeToWire } from '../../../shared/domain/spike-wire.ts'
import type { Store } from '../../../shared/store/store.ts'

/** Stores the newest word on each spike; the same word again changes nothing. */
export async function writeSpikes(store: Pick<Store, 'insertRows'>, spikes: readonly Spike[]): Promise<void> {
  const rows = spikes.map((spike) => ({
    id: spike.id,
    env: spike.env,
    service: spike.service,
    detected_at: new Date(spike.detectedAtMs).toISOString(),
    document: JSON.stringify(spikeToWire(spike)),
    updated_at: new Date(spike.updatedAtMs).toISOString(),
  }))
  if (rows.length > 0) await store.insertRows('spikes', rows, randomUUID())
}

/** Ids of the drops of traffic that are not over, by what was stored last of each. */
export async function readOpenDrops(store: Pick<Store, 'query'>): Promise<ReadonlySet<string>> {
  const rows = await store.query(
    z.object({ id: z.string() }),
    `SELECT id FROM spikes FINAL WHERE JSONExtractString(document, 'signal') = 'traffic_drop'
       AND JSONExtractString(document, 'resolved_at') = '' ORDER BY detected_at DESC LIMIT 10000`,
  )
  return new Set(rows.map(({ id }) => id))
}
