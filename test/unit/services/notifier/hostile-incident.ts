import type { Incident } from '../../../../shared/domain/incident.ts'
import { change, evidence } from '../cli/incident-samples.ts'
import { openIncident } from './notifier-world.ts'

/** An incident in which whatever comes from outside is this text. */
export function hostileIncident(text: string): Incident {
  const evil = change({ id: text, service: text, version: text, title: text, author: text, url: text })
  const of = openIncident({
    service: text,
    env: text,
    affected: ['a', text].map((service) => ({
      service,
      method: text,
      route: text,
      version: text,
      region: text,
      requests: 9,
      errors: 9,
      shareOfExcess: 1,
    })),
    suspects: [{ changeId: text, probability: 0.9, change: evil, evidence: [evidence(3, text), evidence(2, text)] }],
    cleared: Array.from({ length: 40 }, (_, index) => ({ changeId: `${index}`, reason: 'rate_unmoved', text })),
    recommendation: {
      action: 'rollback',
      changeId: text,
      toVersion: text,
      command: text,
      reason: text,
      cautions: [text],
    },
  })
  return { ...of, verification: { state: 'refuted', text } }
}
