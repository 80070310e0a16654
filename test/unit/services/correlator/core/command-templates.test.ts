import { expect, test } from 'vitest'
import { fillTemplate, rollbackCommand } from '../../../../../services/correlator/core/command-templates.ts'
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
