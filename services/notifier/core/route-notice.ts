import type { Incident, Severity } from '../../../shared/domain/incident.ts'

/** Where incidents of a kind are told; what is absent matches whatever. */
export interface Route {
  readonly services?: readonly string[]
  readonly envs?: readonly string[]
  readonly severities?: readonly Severity[]
  /** `slack`, `slack:#checkout`, `pagerduty`: a channel, and who is reached through it where that is not its usual. */
  readonly targets: readonly string[]
}

/** The targets of the first route that matches, else those of the default. */
export function routeIncident(
  routes: readonly Route[],
  defaultTargets: readonly string[],
  { service, env, severity }: Pick<Incident, 'service' | 'env' | 'severity'>,
): readonly string[] {
  const route = routes.find(
    ({ services, envs, severities }) =>
      (services?.includes(service) ?? true) &&
      (envs?.includes(env) ?? true) &&
      (severities?.includes(severity) ?? true),
  )
  return [...new Set(route?.targets ?? defaultTargets)]
}
