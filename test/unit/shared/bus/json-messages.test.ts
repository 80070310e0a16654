import { expect, test } from 'vitest'
import { z } from 'zod'
import { readJsonMessages, toJsonMessage } from '../../../../shared/bus/json-messages.ts'

const schema = z.object({ id: z.string() })

test('reads back what was written', () => {
  expect(readJsonMessages([toJsonMessage('prod', { id: 'é' })], schema, () => {})).toEqual([{ id: 'é' }])
})

test('a message that says something else is left out and told of, and the others are read', () => {
  const broken = { key: 'prod', value: Buffer.from('{"id":'), headers: {} }
  const told: string[] = []
  const read = readJsonMessages(
    [broken, toJsonMessage('stage', { id: 7 }), toJsonMessage('prod', { id: 'a' })],
    schema,
    ({ key }) => told.push(key),
  )
  expect(read).toEqual([{ id: 'a' }])
  expect(told).toEqual(['prod', 'stage'])
})
