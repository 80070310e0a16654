import { pino } from 'pino'
import type { LogLevel } from './log-level.ts'

/** Structured: a short message, the rest as fields. Never a line of a log, a payload or a secret. */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

export type LogFields = Readonly<Record<string, unknown>>

/** One JSON object a line, to `write`. An `error` field is written with its code and message, its stack only at `debug`. */
export function createLog(options: { readonly level: LogLevel; readonly write: (line: string) => void }): Log {
  const { level, write } = options
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
      serializers: { error: (error: unknown) => describeError(error, level === 'debug') },
    },
    { write },
  )
}

function describeError(error: unknown, withStack: boolean): unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error ? error.code : undefined
  return { message: error.message, code, ...(withStack && { stack: error.stack }) }
}
