import { expect, test } from 'vitest'
import { toSenderAccess, webhooksConfig } from '../../../../services/api/config.ts'
import { settingName } from '../../../../services/api/core/webhooks/map-changes.ts'
import { SENDERS } from '../../../../services/api/core/webhooks/table.ts'

const github = (settings: object) => webhooksConfig.parse({ github: settings }).github

test('every sender has its key', () => {
  expect(Object.keys(webhooksConfig.shape).toSorted()).toEqual(SENDERS.map(({ name }) => settingName(name)).toSorted())
})

test('secrets are the lines of the variable and of the file, spaces within them kept', () => {
  const config = github({ secret: 'the new one' })
  const access = config && toSenderAccess(config, ' the old one\r\n\n', false)
  expect(access).toMatchObject({ secrets: ['the new one', 'the old one'], allowUnsigned: false })
})

test('an empty secret is refused', () => {
  expect(() => github({ secret: '  ' })).toThrow()
})

test('what is not signed is believed only on loopback, or when that is said', () => {
  const [plain, open] = [github({}), github({ allow_unsigned: true })]
  expect(plain && toSenderAccess(plain, undefined, false).allowUnsigned).toBe(false)
  expect(plain && toSenderAccess(plain, undefined, true).allowUnsigned).toBe(true)
  expect(open && toSenderAccess(open, undefined, false).allowUnsigned).toBe(true)
})
