import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readHistoryStart } from '../../services/detector/io/read-cells.ts'
import { readOpenDrops, writeSpikes } from '../../services/detector/io/write-spikes.ts'
import type { Spike } from '../../shared/domain/spike.ts'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'
import { atMinute, spikeAt } from '../unit/services/correlator/drawn-log.ts'

const traffic = { expectedRequests: 10, silentSinceMs: atMinute(1), othersKnown: 2, othersSending: 2 }
const drop = (id: string): Spike => spikeAt(1, { id, signal: 'traffic_drop', traffic })

test('of the stored spikes the drops of traffic that are not over are found after a start', async () => {
  const path = mkdtempSync(join(tmpdir(), 'open-drops-'))
  const store = await openEmbeddedStore({ path })
  try {
    const over = drop('over')
    await writeSpikes(store, [drop('open'), over, spikeAt(2, { id: 'errors' })])
    await writeSpikes(store, [{ ...over, resolvedAtMs: atMinute(9), updatedAtMs: over.updatedAtMs + 10_000 }])
    expect(await readOpenDrops(store)).toEqual(new Set(['open']))
    expect(await readHistoryStart(store, { from: 100, to: 1_000 })).toBe(100)
  } finally {
    await store.close()
    rmSync(path, { recursive: true, force: true })
  }
})
