/** Every log format that can be asked for by name. */
export const FORMAT_NAMES = ['ndjson', 'combined', 'common', 'vhost-combined', 'nginx'] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

/** Which parser to build: plain data, so that it crosses to a worker thread, which compiles it. */
export interface FormatSpec {
  readonly name: FormatName
  /** What `nginx` is compiled from: a `log_format` string, with `escape=json` or the whole directive before it if need be. */
  readonly logFormat?: string
}
