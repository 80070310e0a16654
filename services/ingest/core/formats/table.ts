import { putInEnvelope } from '../envelopes/envelope.ts'
import { ENVELOPES } from '../envelopes/table.ts'
import type { FormatSpec } from '../format-spec.ts'
import { alb, classicElb } from './aws-elb.ts'
import { combined, common, vhostCombined } from './clf.ts'
import { haproxy } from './haproxy.ts'
import type { FormatDefinition, LineFormat } from './line-format.ts'
import { ndjson } from './ndjson.ts'
import { ingressNginx, nginx } from './nginx.ts'
import { cloudfront, iis } from './w3c.ts'

/** Every format. Of two that read a log equally well, detection takes the one that stands first. */
export const FORMATS: readonly FormatDefinition[] = [
  ndjson,
  ingressNginx,
  vhostCombined,
  combined,
  common,
  nginx,
  haproxy,
  alb,
  classicElb,
  cloudfront,
  iis,
]

export function compileFormat(spec: FormatSpec): LineFormat {
  const format = definitionOf(spec).compile(spec)
  return spec.envelope === undefined ? format : putInEnvelope(ENVELOPES[spec.envelope], format)
}

/** Do lines of the format say how to read the lines after them? */
export function hasDirectives(spec: FormatSpec): boolean {
  return definitionOf(spec).hasDirectives === true
}

function definitionOf(spec: FormatSpec): FormatDefinition {
  const definition = FORMATS.find(({ name }) => name === spec.name)
  if (definition === undefined) throw new Error(`no format is called ${spec.name}`)
  return definition
}
