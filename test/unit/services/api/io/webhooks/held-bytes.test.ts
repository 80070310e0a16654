import { expect, test } from 'vitest'
import { createHeldBytes } from '../../../../../../services/api/io/webhooks/held-bytes.ts'

test('more bytes than are to be held at a time are refused until others are let go of', () => {
  const hold = createHeldBytes(100)
  const letGo = hold(60)
  expect(() => hold(50)).toThrow('too many')
  letGo()
  letGo()
  hold(50)
  expect(() => hold(60)).toThrow('too many')
})

test('one body alone may be larger than the bound', () => {
  createHeldBytes(100)(200)()
})
