import type { EnvelopeDefinition } from './envelope.ts'
import { createWrapped } from './wrapped-text.ts'

/**
 * What log shippers send of a line: `{"message":"the line",…}` (Filebeat, Logstash, Vector) or `{"log":"the line",…}` (Fluent
 * Bit, Fluentd), with whatever else they know beside it. They have joined what a container runtime cut up.
 */
export const shipper: EnvelopeDefinition = { create: () => createWrapped(() => 'whole') }
