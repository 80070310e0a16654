import type { EnvelopeName } from '../format-spec.ts'
import { cri } from './cri.ts'
import { docker } from './docker.ts'
import type { EnvelopeDefinition } from './envelope.ts'
import { shipper } from './shipper.ts'
import { syslog } from './syslog.ts'

export const ENVELOPES: Readonly<Record<EnvelopeName, EnvelopeDefinition>> = { cri, docker, shipper, syslog }
