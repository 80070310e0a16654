import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillTemplate, rollbackCommand } from '../../../../../services/correlator/core/command-templates.ts'
import { findTool } from '../../../../../services/correlator/core/rollback-tools.ts'
import { DEFAULT_SETTINGS } from '../../../../../services/correlator/core/settings.ts'
import type { Change } from '../../../../../shared/domain/change.ts'
import { changeAt } from '../drawn-log.ts'

const target = { service: 'checkout', version: 'v41' }

test.each<[string, Partial<Change>, string | null]>([
  ['its own command first', { source: 'argocd', rollback: { command: 'make back' } }, 'make back'],
  ['Kubernetes', { source: 'kubernetes' }, 'kubectl -n prod rollout undo deployment/checkout'],
  ['Argo CD in any case', { source: 'ArgoCD' }, 'argocd app rollback checkout'],
  ['Helm', { source: 'helm' }, 'helm -n prod rollback checkout'],
  ['GitHub with a commit', { source: 'github', commit: 'abc1234' }, 'git revert --no-edit abc1234'],
  ['GitHub without one', { source: 'github' }, null],
  [
    'Lambda by version',
    { source: 'lambda' },
    'aws lambda update-alias --function-name checkout --name prod --function-version v41',
  ],
  [
    'GitHub by the workflow for it',
    { source: 'github_actions', repo: 'acme/shop' },
    'gh workflow run rollback.yml --repo acme/shop -f service=checkout -f version=v41',
  ],
  ['Argo Rollouts', { source: 'argo-rollouts' }, 'kubectl argo rollouts -n prod undo checkout'],
  [
    'Flux with a commit',
    { source: 'flux', commit: 'abc1234' },
    'git revert --no-edit abc1234 && git push && flux -n prod reconcile kustomization checkout --with-source',
  ],
  [
    'Flux without one',
    { source: 'FluxCD' },
    'flux -n prod suspend kustomization checkout && kubectl -n prod rollout undo deployment/checkout',
  ],
  [
    'ECS by task definition',
    { source: 'aws ecs' },
    'aws ecs update-service --cluster prod --service checkout --task-definition checkout:v41',
  ],
  ['Heroku', { source: 'heroku' }, 'heroku rollback --app checkout'],
  ['Spinnaker', { source: 'spinnaker' }, 'spin pipeline execute --application checkout --name rollback'],
  [
    'Cloud Run by revision',
    { source: 'cloud-run' },
    'gcloud run services update-traffic checkout --to-revisions v41=100',
  ],
  [
    'Terraform',
    { kind: 'infra', source: 'terraform', commit: 'abc1234' },
    'git revert --no-edit abc1234 && terraform apply',
  ],
  [
    'infrastructure that a deploy tool sent',
    { kind: 'infra', source: 'helm', commit: 'abc1234' },
    'git revert --no-edit abc1234',
  ],
  ['any other tool with a commit', { source: 'jenkins', commit: 'abc1234' }, 'git revert --no-edit abc1234'],
  ['a config change with a commit', { kind: 'config', commit: 'abc1234' }, 'git revert --no-edit abc1234'],
  [
    'a LaunchDarkly flag',
    { kind: 'feature_flag', source: 'launchdarkly', repo: 'shop', title: 'new-cart' },
    'ldcli flags toggle-off --project shop --environment prod --flag new-cart',
  ],
  ['an unknown source', { source: 'carrier pigeon' }, null],
  ['a source with the name of an object’s own', { source: 'constructor' }, null],
  ['a command that is two lines', { rollback: { command: 'make back\nrm -rf /' } }, null],
  ['a command that hides what it is', { rollback: { command: 'echo \u202eevil' } }, null],
])('knows how to undo a change by %s', (_, given, expected) => {
  expect(rollbackCommand(changeAt(0, given), target, DEFAULT_SETTINGS)).toBe(expected)
})

test('the template of the service comes before the usual one', () => {
  const services = { checkout: { calls: [], rollback: './back.sh {service} {version} {id}' } }
  const command = rollbackCommand(changeAt(0, { source: 'argocd' }), target, { ...DEFAULT_SETTINGS, services })
  expect(command).toBe('./back.sh checkout v41 change-0')
})

test('a service is rolled back by the tool that is configured for it', () => {
  const services = { checkout: { calls: [], rollback: 'helm' } }
  const change = changeAt(0, { source: 'github', commit: 'abc1234' })
  expect(rollbackCommand(change, target, { ...DEFAULT_SETTINGS, services })).toBe('helm -n prod rollback checkout')
  const flag = changeAt(0, { kind: 'feature_flag', title: 'new-cart' })
  expect(rollbackCommand(flag, target, { ...DEFAULT_SETTINGS, services })).toBeNull()
})

const hostile = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'$`"\'\\;&|<>(){}[]*?!#~ =a\t\n-'.split('')) }),
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
)

const TOOLS = ['kubernetes', 'helm', 'argocd', 'argo-rollouts', 'flux', 'ecs', 'lambda', 'cloud-run', 'heroku', 'git']
const MORE_TOOLS = ['docker-swarm', 'capistrano', 'spinnaker', 'github-workflow', 'terraform']
const LINES = [...TOOLS, ...MORE_TOOLS].flatMap((tool) => findTool(tool, 'code') ?? [])
const COMMANDS = [...LINES, ...(findTool('launchdarkly', 'flag') ?? [])].flatMap((line) => line.split(' && '))

test('whatever the values: a shell reads every command back as the words that were meant', () => {
  const values = fc.record({
    ...{ id: hostile, service: hostile, env: hostile, version: hostile },
    ...{ commit: hostile, repo: hostile, title: hostile },
  })
  const drawn = fc.sample(fc.tuple(fc.constantFrom(...COMMANDS), values), { numRuns: 500, seed: 7 })
  const told = drawn.flatMap(([line, given]) => {
    const command = fillTemplate(line, given)
    const named = new Map(Object.entries(given))
    const words = line.split(' ').map((word) => word.replace(/\{(\w+)\}/g, (_, name: string) => named.get(name) ?? ''))
    return command === null ? [] : [{ command, words }]
  })
  expect(told.length).toBeGreaterThan(200)
  const script = told.map(({ command }) => `printf '%s\\n' ${command} --end`).join('\n')
  const read = execFileSync('sh', ['-c', script], { encoding: 'utf8', maxBuffer: 10_000_000 })
  expect(read).toBe(told.map(({ words }) => [...words, '--end', ''].join('\n')).join(''))
})

test.each([
  ['back {service}', { service: 'a b' }, "back 'a b'"],
  ['back {service}', { service: "it's $(evil)" }, "back 'it'\\''s $(evil)'"],
  ['back deployment/{service}', { service: 'a;b' }, "back deployment/'a;b'"],
  ['back "{service}"', { service: 'a' }, 'back "a"'],
  ['back "{service}"', { service: '$(evil)' }, null],
  ["back '{service}'", { service: 'a b' }, null],
  ['back {service}', { service: '--force' }, null],
  ['back {service}', { service: 'a\nb' }, null],
  ['back {service}', { service: '' }, null],
  ['back {service}', {}, null],
  ['back {version}', { version: undefined }, null],
  ['back {toString}', {}, null],
])('fills %j with %j as %j', (template, values, expected) => {
  expect(fillTemplate(template, values)).toBe(expected)
})
