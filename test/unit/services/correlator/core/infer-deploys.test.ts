import { expect, test } from 'vitest'
import type { VersionSpan } from '../../../../../services/correlator/core/evidence-data.ts'
import { inferSuspects } from '../../../../../services/correlator/core/infer-deploys.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import { atMinute, changeAt } from '../drawn-log.ts'
import { plainCase, versionSpan } from '../plain-case.ts'

const v41 = versionSpan('v41', [0, 125])
const v42 = versionSpan('v42', [118, 140])

function inferred(versions: readonly VersionSpan[], changes: readonly Change[] = []): string[] {
  return inferSuspects(plainCase({ data: { versions } }), changes).map(({ version = '' }) => version)
}

test('a version that nobody declared is a deploy, and says that it is inferred', () => {
  expect(inferSuspects(plainCase({ data: { versions: [v41, v42] } }), [])).toEqual([
    {
      id: expect.stringMatching(/^inferred_[0-9a-f]{16}$/),
      startedAtMs: atMinute(118),
      kind: 'deploy',
      service: 'checkout',
      env: 'prod',
      version: 'v42',
      previousVersion: 'v41',
      status: 'succeeded',
      source: 'inferred',
      reversible: true,
    },
  ])
})

test.each<[string, readonly VersionSpan[], readonly Change[]]>([
  ['the version that the log begins with', [v41], []],
  ['a declared version, whenever it was declared', [v41, v42], [changeAt(60, { version: '42' })]],
  ['one that a deploy without a version brought', [v41, v42], [changeAt(117)]],
  ['one that a deploy of the whole platform brought', [v41, v42], [changeAt(117, { version: 'r9' })]],
  ['one that came after the first errors', [v41, versionSpan('v42', [130, 140])], []],
  ['one from before the lookback', [versionSpan('v41', [-500, 125]), versionSpan('v42', [-20, 140])], []],
  [
    'a tag that changes all the time',
    [v41, ...Array.from({ length: 11 }, (_, n) => versionSpan(`b${n}`, [100 + n, 140]))],
    [],
  ],
  ['lines without a tag', [v41, versionSpan('', [118, 140])], []],
])('%s is no inferred deploy', (_, versions, changes) => {
  expect(inferred(versions, changes)).toEqual([])
})

test('a deploy whose own version is seen elsewhere in the log did not bring another', () => {
  const v43 = versionSpan('v43', [100, 140])
  expect(inferred([v41, v42, v43], [changeAt(117, { version: 'v43' })])).toEqual(['v42'])
})

test('a deploy hours before does not explain a version that appears now', () => {
  expect(inferred([v41, v42], [changeAt(10, { version: 'v40' })])).toEqual(['v42'])
})
