import { quoteText } from './clickhouse-client.ts'
import type { QueryParameter } from './store.ts'

const PLACEHOLDER = /\{(\w+):([^{}]+)\}/g

/**
 * The statement with its parameters written where their placeholders stand, as the engine itself would: a text as a literal,
 * everything else as the text that its type is read from. A placeholder without a parameter stays, and the engine refuses it.
 */
export function bindParameters(sql: string, parameters: Readonly<Record<string, QueryParameter>>): string {
  return sql.replace(PLACEHOLDER, (placeholder, name: string, type: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (value === undefined) return placeholder
    const literal = quoteText(textOf(value))
    return type === 'String' ? literal : `_CAST(${literal}, ${quoteText(type)})`
  })
}

function textOf(value: QueryParameter): string {
  if (typeof value !== 'object') return String(value)
  return `[${value.map((item) => (typeof item === 'string' ? quoteText(item) : item)).join(',')}]`
}
