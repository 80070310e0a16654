/*
 * Makes the sample that the README replays: three hours of a small shop's access log and its list of changes, with one bad
 * deploy that is rolled back, an innocent deploy of another service minutes before, and a flag switched while it lasts.
 * npx tsx test/worlds/make-sample.ts [folder, default test/fixtures/sample]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { drawSample } from './draw-sample.ts'
import { SAMPLE_CHANGES } from './sample-story.ts'

const folder = process.argv[2] ?? 'test/fixtures/sample'
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'access.log.gz'), gzipSync(drawSample(), { level: 9 }))
writeFileSync(join(folder, 'deploys.ndjson'), SAMPLE_CHANGES.map((change) => `${JSON.stringify(change)}\n`).join(''))
