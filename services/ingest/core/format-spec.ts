/** Every log format that can be asked for by name. */
export const FORMAT_NAMES = [
  'ndjson',
  'json-map',
  'combined',
  'common',
  'vhost-combined',
  'nginx',
  'ingress-nginx',
  'haproxy',
  'haproxy-clf',
  'aws-alb',
  'aws-elb',
  'cloudfront',
  'cloudfront-json',
  'iis',
  'apache-log-format',
  'caddy',
  'caddy-ns',
  'traefik',
  'traefik-json',
  'envoy',
  'envoy-json',
  'gcp',
  'pattern',
  'otlp',
] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

/** What may be around each line of a log. */
export const ENVELOPE_NAMES = ['cri', 'docker', 'shipper', 'syslog'] as const
export type EnvelopeName = (typeof ENVELOPE_NAMES)[number]

/** Which parser to build: plain data, so that it crosses to a worker thread, which compiles it. */
export interface FormatSpec {
  readonly name: FormatName
  /**
   * What it is compiled from: of `nginx` a `log_format` string, with `escape=json` or the whole directive before it if need
   * be; of `apache-log-format` a `LogFormat` string; of `json-map` which field is under which name; of `pattern` a regular
   * expression with named groups.
   */
  readonly logFormat?: string
  /** What each line is wrapped in. */
  readonly envelope?: EnvelopeName
}

/** How people name it: `combined`, or `cri:combined` inside an envelope. */
export function formatLabel({ name, envelope }: FormatSpec): string {
  return envelope === undefined ? name : `${envelope}:${name}`
}
