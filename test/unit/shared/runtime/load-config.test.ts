import { expect, test } from 'vitest'
import { z } from 'zod'
import { InputError } from '../../../../shared/runtime/errors.ts'
import { type ConfigSources, loadConfig } from '../../../../shared/runtime/load-config.ts'

const schema = z.strictObject({
  detection: z
    .strictObject({ minimum_ratio: z.number().min(1).default(1.2), lookback: z.string().default('2h') })
    .prefault({}),
  store: z.strictObject({ url: z.string().optional(), password: z.string().optional() }).prefault({}),
  services: z
    .record(z.string(), z.strictObject({ calls: z.array(z.string()).default([]), rollback: z.string().optional() }))
    .default({}),
})

function load(text: string | undefined, environment: ConfigSources['environment'] = {}) {
  const file = text === undefined ? {} : { file: { path: 'culprit.yaml', text } }
  return loadConfig(schema, { ...file, environment })
}

function complaint(text: string | undefined, environment: ConfigSources['environment'] = {}): string {
  try {
    load(text, environment)
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  return 'accepted'
}

test('no file and no variables are a working configuration', () => {
  expect(load(undefined)).toEqual({ detection: { minimum_ratio: 1.2, lookback: '2h' }, store: {}, services: {} })
})

test.each([
  ['an empty file', ''],
  ['a file of comments', '# nothing yet\n'],
  ['a section whose settings are all commented out', 'detection:\n  # minimum_ratio: 2\n'],
])('%s is a working configuration', (_name, text) => {
  expect(load(text).detection.minimum_ratio).toBe(1.2)
})

test('a variable is applied over the file and takes the type that the setting needs', () => {
  const environment = {
    CULPRIT_DETECTION__MINIMUM_RATIO: '3',
    CULPRIT_STORE__PASSWORD: '0123',
    CULPRIT_SERVICES__GATEWAY__CALLS: '[checkout, search]',
  }
  expect(load('detection: { minimum_ratio: 2, lookback: 1h }', environment)).toEqual({
    detection: { minimum_ratio: 3, lookback: '1h' },
    store: { password: '0123' },
    services: { gateway: { calls: ['checkout', 'search'] } },
  })
})

test.each([
  {
    wrong: 'a misspelt setting',
    text: '# first\ndetection:\n  minimum_ration: 2\n',
    says: 'culprit.yaml:3: unknown setting detection.minimum_ration: did you mean minimum_ratio?',
  },
  {
    wrong: 'a setting one level too high',
    text: 'minimum_ratio: 2\n',
    says: 'culprit.yaml:1: unknown setting minimum_ratio: did you mean detection.minimum_ratio?',
  },
  {
    wrong: 'a setting like no other',
    text: 'services:\n  checkout:\n    colour: red\n',
    says: 'culprit.yaml:3: unknown setting services.checkout.colour: known here: calls, rollback',
  },
  {
    wrong: 'two wrong settings',
    text: 'detecton: {}\nstores: {}\n',
    says: 'culprit.yaml:1: unknown setting detecton: did you mean detection?',
  },
  {
    wrong: 'a value of another type',
    text: 'detection:\n  lookback: 1h\n  minimum_ratio: high\n',
    says: 'culprit.yaml:3: wrong value of detection.minimum_ratio: expected number, received string',
  },
  {
    wrong: 'a value out of range',
    text: 'detection:\n  minimum_ratio: 0.5\n',
    says: 'culprit.yaml:2: wrong value of detection.minimum_ratio: expected number to be >=1',
  },
  {
    wrong: 'an item of a list',
    text: 'services:\n  gateway:\n    calls: [checkout, 7]\n',
    says: 'culprit.yaml:3: wrong value of services.gateway.calls.1: expected string, received number',
  },
  { wrong: 'a list at the top', text: '- a\n', says: 'culprit.yaml:1: the configuration must be' },
  { wrong: 'the same key twice', text: 'store: {}\nstore: {}\n', says: 'culprit.yaml:2: Map keys must be unique' },
  { wrong: 'broken YAML', text: 'a: "b\n', says: 'culprit.yaml:2: Missing closing "quote' },
])('$wrong is refused with its line', ({ text, says }) => {
  expect(complaint(text)).toContain(says)
  expect(complaint(text)).not.toContain('\n')
})

test('a wrong variable is refused by its name', () => {
  expect(complaint('', { CULPRIT_DETECTION__MINIMUM_RATION: '2' })).toBe(
    'CULPRIT_DETECTION__MINIMUM_RATION: unknown setting detection.minimum_ration: did you mean minimum_ratio?',
  )
  expect(complaint('', { CULPRIT_DETECTION__MINIMUM_RATIO: 'high' })).toBe(
    'CULPRIT_DETECTION__MINIMUM_RATIO: wrong value of detection.minimum_ratio: expected number, received string',
  )
})

test('variables that other programs set for themselves are left alone', () => {
  const environment = { CULPRIT_SERVICE_HOST: '10.0.0.1', CULPRIT_PORT_8080_TCP_ADDR: '10.0.0.1', CULPRIT_DEBUG: '1' }
  expect(complaint('', { ...environment, PATH: '/bin' })).toBe('accepted')
})

test('no secret stands in an error', () => {
  expect(complaint('store:\n  password: [hunter2]\n')).not.toContain('hunter2')
  expect(complaint('', { CULPRIT_STORE__PASSWORD__DEEP: 'hunter2' })).not.toContain('hunter2')
})

test('a setting can not reach the prototype of objects', () => {
  complaint('__proto__: { polluted: yes }\n', { CULPRIT_CONSTRUCTOR__PROTOTYPE__POLLUTED: 'yes' })
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

test('a setting that only the environment may say is refused in a file, with its line and the other ways', () => {
  const schema = z.strictObject({ door: z.strictObject({ secret: z.string().optional() }).optional() })
  const notInFile = /^door\.secret$/
  const file = { path: 'culprit.yaml', text: 'door:\n  secret: abc\n' }
  const read = () => loadConfig(schema, { file, environment: {}, notInFile })
  expect(read).toThrow('culprit.yaml:2: door.secret may not be in this file')
  expect(read).toThrow('CULPRIT_DOOR__SECRET')
  expect(read).not.toThrow('abc')
  const environment = { CULPRIT_DOOR__SECRET: 'abc' }
  expect(loadConfig(schema, { environment, notInFile })).toEqual({ door: { secret: 'abc' } })
})
