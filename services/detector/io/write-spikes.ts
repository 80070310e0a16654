import { randomUUID } from 'node:crypto'
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
