import { expect, test } from 'vitest'
import { createBlockWriter } from '../../../../../services/ingest/io/block-writer.ts'

function block(name: string, rows: number) {
  return { token: name, rows, native: Buffer.from(name) }
}

test('puts small blocks together into one insert, in their order', async () => {
  const inserted: string[] = []
  const writer = createBlockWriter(async (native) => void inserted.push(Buffer.concat(native).toString()))
  for (const name of ['a', 'b', 'c']) await writer.add(block(name, 10))
  await writer.finish()
  expect(inserted).toEqual(['abc'])
})

test('the same blocks give the same token, other blocks another', async () => {
  const tokens: string[] = []
  for (const names of [['a', 'b'], ['a', 'b'], ['b', 'a'], ['a']]) {
    const writer = createBlockWriter(async (_, token) => void tokens.push(token))
    for (const name of names) await writer.add(block(name, 10))
    await writer.finish()
  }
  expect(tokens[1]).toBe(tokens[0])
  expect(new Set(tokens).size).toBe(3)
})

test('gathers the next insert while one is stored, and stores one at a time', async () => {
  const events: string[] = []
  const finishes: (() => void)[] = []
  const writer = createBlockWriter((native) => {
    events.push(`insert ${Buffer.concat(native)}`)
    return new Promise((resolve) => finishes.push(resolve))
  })
  await writer.add(block('a', 1_000_000))
  const second = writer.add(block('b', 1_000_000)).then(() => events.push('b taken'))
  expect(events).toEqual(['insert a'])
  finishes[0]?.()
  await second
  expect(events).toEqual(['insert a', 'insert b', 'b taken'])
  finishes[1]?.()
  await writer.finish()
})

test('a failed insert fails the load', async () => {
  const writer = createBlockWriter(async () => {
    throw new Error('disk full')
  })
  await writer.add(block('a', 1_000_000))
  await expect(writer.finish()).rejects.toThrow('disk full')
})
