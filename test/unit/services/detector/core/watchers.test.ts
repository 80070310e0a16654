import { expect, test } from 'vitest'
import { detectionSchema, toDetectorSettings } from '../../../../../services/detector/config.ts'
import { STATE_VERSION } from '../../../../../services/detector/core/detector.ts'
import { createWatchers, type WatchersState } from '../../../../../services/detector/core/watchers.ts'
import { stableHash } from '../../../../../shared/domain/stable-hash.ts'

const settings = toDetectorSettings(detectionSchema.parse({}), new Map())

/** What is known in the middle of everything that can be found: errors, silence, slowness, refused requests. */
function stateOfEverything(): WatchersState {
  const watchers = createWatchers(settings)
  const of = { env: 'prod', service: 'shop' }
  for (let minute = 0; minute < 180; minute++) {
    const isWrong = minute > 160
    for (let cell = 6 * minute; cell < 6 * (minute + 1); cell++) {
      const shop = watchers.cells.watch({ ...of, method: 'GET', route: '/' }, cell)
      const quiet = watchers.cells.watch({ env: 'prod', service: 'quiet', method: 'GET', route: '/' }, cell)
      const counts = [
        { series: shop, requests: 100, errors: isWrong || Math.abs(minute - 90) < 4 ? 30 : Number(cell % 9 === 0) },
      ]
      watchers.cells.advance(cell, minute < 100 ? [...counts, { series: quiet, requests: 100, errors: 0 }] : counts)
    }
    const slow = isWrong ? 300 : 1
    watchers.latency.advance(minute, [{ ...of, counts: [bucket(12, 600 - slow), bucket(26, slow)] }])
    watchers.clientErrors.advance(minute, [{ ...of, requests: 600, clientErrors: [slow, 0, 0] }])
  }
  return watchers.state()
}

function bucket(of: number, requests: number) {
  return { bucket: of, requests }
}

/** Every place of the state, and of what kind it is. */
function placesOf(value: unknown, path = '', above: readonly unknown[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${value === null ? 'null' : typeof value}`]
  if (above.includes(value) || ArrayBuffer.isView(value)) return [`${path}: ${value.constructor.name}`]
  const within = [...above, value]
  if (Array.isArray(value) || value instanceof Set)
    return [...value].flatMap((one) => placesOf(one, `${path}[]`, within))
  if (value instanceof Map) return [...value.values()].flatMap((one) => placesOf(one, `${path}{}`, within))
  return Object.entries(value).flatMap(([key, one]) => placesOf(one, `${path}.${key}`, within))
}

test('what is kept of a series does not change without its version: what an older program kept is not misread', () => {
  const places = [...new Set(placesOf(stateOfEverything()))].toSorted()
  expect(places).toContain('.cells.services{}.drop.expected: number')
  expect(places).toContain('.cells.services{}.pastRises[].rate: number')
  expect(places).toContain('.latency.services{}.series.spike.baseline.rate: number')
  // When this fails, raise STATE_VERSION and write both down anew.
  expect([STATE_VERSION, stableHash(places.join('\n'))]).toEqual([9, 'db98a8c2eb212501'])
})
