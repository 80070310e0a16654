import { expect, test } from 'vitest'
import { incidentToWire } from '../../../../shared/domain/incident-wire.ts'
import { readIncident } from '../../../../shared/domain/read-incident.ts'
import { deploy, evidence, incident } from '../../services/cli/incident-samples.ts'

const told = incident({
  suspects: [{ changeId: 'd42', probability: 0.94, change: deploy, evidence: [evidence(4.2, 'v42 fails 8.1 %')] }],
  cleared: [{ changeId: 'f1', reason: 'outside_its_scope', text: 'flag new-cart touches other routes' }],
  verification: { state: 'confirmed', text: 'normal again', recoveredAfterMs: 120_000 },
})

test('an incident that was written is read back, and written the same again', () => {
  const document = incidentToWire(told)
  const read = readIncident(JSON.parse(JSON.stringify(document)))
  expect(incidentToWire(read)).toEqual(document)
  expect(read.suspects[0]?.change).toEqual(deploy)
})

test('a document of another shape is refused', () => {
  expect(() => readIncident({ ...incidentToWire(told), requests: 'many' })).toThrow()
})
