import type { ProblemCode } from './problems.ts'

/** The outside world failed: a disk, an engine, a network. `retryable` says whether the same call may succeed later. */
export class OperationError extends Error {
  readonly code: string
  readonly retryable: boolean

  constructor(message: string, options: { code: string; retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'OperationError'
    this.code = options.code
    this.retryable = options.retryable
  }
}

/** What the person gave us can't be used. The message is one line: what is wrong, where, and what to do. */
export class InputError extends Error {
  /** `usage`: the command line is wrong (exit code 2). `data`: a file, a line or a setting is wrong (exit code 1). */
  readonly kind: 'usage' | 'data'

  constructor(message: string, kind: 'usage' | 'data' = 'data') {
    super(message)
    this.name = 'InputError'
    this.kind = kind
  }
}

/** A request that HTTP has its own word for, e.g. 404 or 413. `message` is for whoever sent it. */
export class HttpError extends Error {
  readonly code: ProblemCode

  constructor(code: ProblemCode, message: string) {
    super(message)
    this.name = 'HttpError'
    this.code = code
  }
}
