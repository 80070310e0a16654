import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { drawSample } from '../../worlds/draw-sample.ts'
import { SAMPLE_CHANGES } from '../../worlds/sample-story.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`../../fixtures/sample/${name}`, import.meta.url))

test('the sample that ships is the one that its generator makes', () => {
  expect(gunzipSync(fixture('access.log.gz')).toString() === drawSample()).toBe(true)
  expect(fixture('deploys.ndjson').toString()).toBe(
    SAMPLE_CHANGES.map((change) => `${JSON.stringify(change)}\n`).join(''),
  )
})

test('the sample stays small enough to ship', () => {
  expect(fixture('access.log.gz').length).toBeLessThan(400 * 1_024)
})
