import { putInEnvelope } from '../envelopes/envelope.ts'
import { ENVELOPES } from '../envelopes/table.ts'
import type { FormatSpec } from '../format-spec.ts'
import { apache } from './apache.ts'
import { alb, classicElb } from './aws-elb.ts'
import { caddy, caddyNanoseconds } from './caddy.ts'
import { combined, common, vhostCombined } from './clf.ts'
import { cloudfrontJson } from './cloudfront-json.ts'
import { envoy } from './envoy.ts'
import { envoyJson } from './envoy-json.ts'
import { gcp } from './gcp.ts'
import { haproxy } from './haproxy.ts'
import { haproxyClf } from './haproxy-clf.ts'
import { jsonMap } from './json-map.ts'
import type { FormatDefinition, LineFormat } from './line-format.ts'
import { ndjson } from './ndjson.ts'
import { ingressNginx, nginx } from './nginx.ts'
import { otlp } from './otlp.ts'
import { traefik } from './traefik.ts'
import { traefikJson } from './traefik-json.ts'
import { userPattern } from './user-pattern.ts'
import { cloudfront, iis } from './w3c.ts'

/** Every format. Of two that read a log equally well, detection takes the one that stands first. */
export const FORMATS: readonly FormatDefinition[] = [
  caddy,
  caddyNanoseconds,
  traefikJson,
  envoyJson,
  gcp,
  cloudfrontJson,
  ndjson,
  ingressNginx,
  envoy,
  traefik,
  haproxyClf,
  vhostCombined,
  combined,
  common,
  nginx,
  apache,
  jsonMap,
  haproxy,
  alb,
  classicElb,
  cloudfront,
  iis,
  userPattern,
  otlp,
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
