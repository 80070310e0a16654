/** The server refused or failed, in its own words. `status` 0: it did not answer. */
export class ServerError extends Error {
  readonly status: number
  readonly code: string

  constructor(message: string, of: { readonly status: number; readonly code: string }) {
    super(message)
    this.name = 'ServerError'
    this.status = of.status
    this.code = of.code
  }
}
