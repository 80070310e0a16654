import type { FormatSpec } from '../format-spec.ts'
import { combined, common, vhostCombined } from './clf.ts'
import type { FormatDefinition, LineFormat } from './line-format.ts'
import { ndjson } from './ndjson.ts'
import { nginx } from './nginx.ts'

/** Every format. Of two that read a log equally well, detection takes the one that stands first. */
export const FORMATS: readonly FormatDefinition[] = [ndjson, vhostCombined, combined, common, nginx]

export function compileFormat(spec: FormatSpec): LineFormat {
  const definition = FORMATS.find(({ name }) => name === spec.name)
  if (definition === undefined) throw new Error(`no format is called ${spec.name}`)
  return definition.compile(spec)
}
