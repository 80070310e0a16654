/** The command is done, and its exit code is its answer. */
export class ExitError extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`)
    this.name = 'ExitError'
    this.exitCode = exitCode
  }
}
