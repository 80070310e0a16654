import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toDelivery } from '../../../../../../services/api/core/webhooks/read-delivery.ts'
import { DEFAULT_SENDER_SETTINGS } from '../../../../../../services/api/core/webhooks/sender-settings.ts'
import { SENDERS } from '../../../../../../services/api/core/webhooks/table.ts'
import { DEFAULT_ENV_ALIASES } from '../../../../../../shared/domain/env-aliases.ts'

/** Members that adapters look at, so that they go as far as they can. */
const MEMBERS =
  'action app apiVersion accesses build builds commit commits commit_status conclusion containers content context data date deployment deployment_status detail details deploymentId environment event eventType execution id involvedObject items job kind metadata Message name names notifications object objectRef object_attributes object_kind operationState payload phase pipeline project ref release repository resource run run_id run_status spec stage startedAt state status subject summary tags target template text time title trigger Type type url user verb version workflow workflow_run __proto__ constructor toString'.split(
    ' ',
  )
const WORDS = [
  'success',
  'deployment',
  'Deploy',
  'v42',
  '2026-10-02T14:02:50Z',
  '0',
  '',
  '\u0000',
  '../..',
  '<script>',
  'a'.repeat(5_000),
  '\ud800',
]

const { node } = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(...WORDS),
    fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...MEMBERS), tie('node'), { maxKeys: 12 }),
  ),
}))
const HEADERS = [
  {},
  { 'x-github-event': 'deployment_status' },
  { 'x-github-event': 'workflow_run' },
  { 'x-github-event': 'push' },
  { 'x-event-key': 'repo:commit_status_updated' },
  { 'ce-specversion': '1.0' },
]

test.each(SENDERS)('whatever $name sends is read without a failure, and every text of it is bounded', (sender) => {
  const settings = { ...DEFAULT_SENDER_SETTINGS, deploys: ['*'], configPaths: ['**'] }
  const options = { sender: sender.name, settings, envAliases: DEFAULT_ENV_ALIASES, receivedAtMs: 1_790_949_770_000 }
  fc.assert(
    fc.property(node, fc.constantFrom(...HEADERS), (body, headers) => {
      const delivery = toDelivery(sender.read({ headers, body }, settings), options)
      if (delivery.kind === 'ignored') expect(delivery.because.length).toBeLessThan(500)
      if (delivery.kind !== 'changes') return
      for (const change of delivery.changes) {
        expect(Number.isFinite(change.startedAtMs)).toBe(true)
        for (const value of Object.values(change))
          expect(typeof value === 'string' ? value.length : 0).toBeLessThanOrEqual(500)
      }
    }),
    { numRuns: 200 },
  )
})
