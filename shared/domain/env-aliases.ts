/** Other names for one deployment environment, lower case. */
export type EnvAliases = Readonly<Record<string, string>>

export const DEFAULT_ENV_ALIASES: EnvAliases = {
  production: 'prod',
  prd: 'prod',
  live: 'prod',
  stage: 'staging',
  stg: 'staging',
  development: 'dev',
}

/** The name under which an environment is compared; an unknown one stays as it is, in lower case. */
export function normalizeEnv(env: string, aliases: EnvAliases = DEFAULT_ENV_ALIASES): string {
  const name = env.trim().toLowerCase()
  return Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name
}
