export interface LogObject {
  readonly body: Uint8Array
  readonly isGzip: boolean
  /** The same for the same content. */
  readonly identity: string
}
export function handler(event: unknown): Promise<void>
export function send(
  object: LogObject,
  environment?: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly accepted: number; readonly rejected: number }>
