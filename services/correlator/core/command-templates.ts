import type { Change } from '../../../shared/domain/change.ts'
import { type CorrelatorSettings, settingsOf } from './settings.ts'

const COMMAND_LENGTH_MAX = 500
const VALUE_LENGTH_MAX = 200

/** How code is taken back, by the tool that brought it. Each names only what a change carries. */
const CODE_TEMPLATES: Readonly<Record<string, string>> = {
  kubernetes: 'kubectl -n {env} rollout undo deployment/{service}',
  kubectl: 'kubectl -n {env} rollout undo deployment/{service}',
  'argo-rollouts': 'kubectl argo rollouts -n {env} undo {service}',
  argocd: 'argocd app rollback {service}',
  helm: 'helm -n {env} rollback {service}',
  heroku: 'heroku rollback --app {service}',
  lambda: 'aws lambda update-alias --function-name {service} --name {env} --function-version {version}',
  ecs: 'aws ecs update-service --cluster {env} --service {service} --task-definition {service}:{version}',
  github: 'git revert --no-edit {commit}',
  gitlab: 'git revert --no-edit {commit}',
  bitbucket: 'git revert --no-edit {commit}',
}
/** A setting or a schema lives in a repository or nowhere that a change would name. */
const REVERT_TEMPLATE = 'git revert --no-edit {commit}'
const FLAG_TEMPLATES: Readonly<Record<string, string>> = {
  launchdarkly: 'ldcli flags toggle-off --project {repo} --environment {env} --flag {title}',
}

/**
 * The line that undoes one change: its own, else the one configured for its service, else the usual one of its source.
 * Null when none is known, or a value is missing or could do harm in a shell. `version` is the one to go back to.
 */
export function rollbackCommand(
  change: Change,
  target: { readonly service: string; readonly version: string | undefined },
  settings: CorrelatorSettings,
): string | null {
  const own = change.rollback?.command
  if (own !== undefined) return isOneLine(own) ? own : null
  const template = settingsOf(settings, target.service).rollback ?? defaultTemplate(change)
  if (template === undefined) return null
  return fillTemplate(template, {
    id: change.id,
    service: target.service,
    env: change.env,
    version: target.version,
    commit: change.commit,
    repo: change.repo,
    title: change.title,
  })
}

function defaultTemplate({ kind, source, commit }: Change): string | undefined {
  const name = source?.toLowerCase() ?? ''
  if (kind === 'feature_flag') return Object.hasOwn(FLAG_TEMPLATES, name) ? FLAG_TEMPLATES[name] : undefined
  if (kind === 'deploy' || kind === 'dependency') {
    if (Object.hasOwn(CODE_TEMPLATES, name)) return CODE_TEMPLATES[name]
  }
  const inRepository = kind === 'deploy' || kind === 'dependency' || kind === 'config' || kind === 'infra'
  return inRepository && commit !== undefined ? REVERT_TEMPLATE : undefined
}

/** Fills `{name}` with values quoted for a shell; null when one is missing or can't be quoted safely where it stands. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | undefined>>): string | null {
  let possible = true
  const command = template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    const quoted = value === undefined ? undefined : quoteForShell(value, template)
    if (quoted === undefined) possible = false
    return quoted ?? whole
  })
  return possible && isOneLine(command) ? command : null
}

function quoteForShell(value: string, template: string): string | undefined {
  if (value === '' || value.length > VALUE_LENGTH_MAX || value.startsWith('-') || !isOneLine(value)) return undefined
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(value)) return value
  // Inside quotes of the template our own quotes would end or escape them.
  if (/["'`$\\]/.test(template)) return undefined
  return `'${value.replaceAll("'", `'\\''`)}'`
}

function isOneLine(text: string): boolean {
  return text.length <= COMMAND_LENGTH_MAX && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)
}
