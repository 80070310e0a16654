import { expect, test } from 'vitest'
import type { SightedVersion } from '../../../../services/correlator/core/evidence-data.ts'
import type { SightedVersions } from '../../../../services/correlator/core/infer-deploys.ts'
import { createVersionWatch } from '../../../../services/correlator/watch-versions.ts'
import { atMinute } from './drawn-log.ts'
import { versionSpan } from './plain-case.ts'

const served = (service: string, version: string): SightedVersion => ({ env: 'prod', service, version })

/** Looks at what the log names, a minute apart; what is asked to be judged of each look. */
async function watch(looks: readonly (readonly SightedVersion[])[]): Promise<SightedVersions[][]> {
  let minute = 0
  let taken: SightedVersions[] = []
  const look = createVersionWatch({
    readSightedVersions: async () => looks[minute] ?? [],
    readVersions: async () => [versionSpan('v41', [0, 10])],
    takeVersions: async (sighted) => {
      taken.push(sighted)
    },
    nowMs: () => atMinute(minute),
  })
  const all: SightedVersions[][] = []
  for (; minute < looks.length; minute++) {
    await look()
    all.push(taken)
    taken = []
  }
  return all
}

test('only services that name a version that was not there before are judged again', async () => {
  const before = [served('checkout', 'v41'), served('search', 'v7')]
  const looks = await watch([before, before, [...before, served('search', 'v8')]])
  expect(looks.map((taken) => taken.map(({ service }) => service))).toEqual([['checkout', 'search'], [], ['search']])
})

test('lines that name no version are nothing to judge, and keep a service from being alone', async () => {
  const [taken = []] = await watch([[served('checkout', 'v41'), served('search', '')]])
  expect(taken.map(({ service, isAlone }) => [service, isAlone])).toEqual([['checkout', false]])
})

test('a look that failed is made up for by the next', async () => {
  let fails = true
  const taken: string[] = []
  const look = createVersionWatch({
    readSightedVersions: async () => [served('checkout', 'v41')],
    readVersions: async () => [],
    takeVersions: async ({ service }) => {
      if (fails) throw new Error('store is down')
      taken.push(service)
    },
    nowMs: () => atMinute(5),
  })
  await expect(look()).rejects.toThrow('store is down')
  fails = false
  await look()
  expect(taken).toEqual(['checkout'])
})
