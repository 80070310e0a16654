import type { EnvAliases } from '../../../shared/domain/env-aliases.ts'
import type { Route } from './route-notice.ts'

export interface NotifierSettings {
  readonly routes: readonly Route[]
  /** Where incidents are told that no route names. */
  readonly defaultTargets: readonly string[]
  /** An open incident that nobody acknowledged is told again so often; null: never. */
  readonly repeatMs: number | null
  readonly blameAt: number
  /** Where people reach the pages, without a slash at its end; null where nobody said. */
  readonly publicUrl: string | null
  /** By service. */
  readonly runbooks: Readonly<Record<string, string>>
  readonly envAliases: EnvAliases
}
