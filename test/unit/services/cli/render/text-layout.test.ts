import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrapCommand } from '../../../../../services/cli/render/command-lines.ts'
import { flow, padEnd, shorten, textWidth, wrap } from '../../../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../../../shared/faces/visible-text.ts'

const anyText = fc.string({ unit: 'grapheme', maxLength: 200 })

test('a long name loses its middle and keeps both ends', () => {
  expect(shorten('checkout-payments-eu-west-1', 13)).toBe('checko…west-1')
  expect(shorten('short', 13)).toBe('short')
})

test('a wide character takes two columns and a combining mark none', () => {
  expect(textWidth('日本')).toBe(4)
  expect(textWidth('e\u0301')).toBe(1)
  expect(padEnd('日本', 6)).toBe('日本  ')
})

test('no text, however it is made, is wider than it may be', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 90 }), (text, columns) => {
      expect(textWidth(shorten(text, columns))).toBeLessThanOrEqual(columns)
      for (const line of wrap(text, columns)) expect(textWidth(line)).toBeLessThanOrEqual(columns)
      for (const line of flow(text.split('a'), columns)) expect(textWidth(line)).toBeLessThanOrEqual(columns)
    }),
  )
})

test('nothing that a terminal obeys is left in a shown text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }),
  )
  expect(visibleText('a\u001b[31mb\u202ec\r\nd\u009b')).toBe('a\\x1b[31mb\\u{202e}c\\x0d\\x0ad\\x9b')
})

test('marks stacked on a letter stay on its line', () => {
  expect([...visibleText(`a${'\u0301'.repeat(500)}`)]).toHaveLength(3)
})

test('a command is broken only where a shell would join it again', () => {
  const command = 'kubectl set image deployment/checkout "app=registry/checkout:v 41" --record=true'
  const lines = wrapCommand(command, 40)
  expect(lines).toEqual([
    'kubectl set image deployment/checkout \\',
    '"app=registry/checkout:v 41" \\',
    '--record=true',
  ])
  expect(lines.map((line) => line.replace(/ \\$/, '')).join(' ')).toBe(command)
})

test('a word of a command is never cut', () => {
  const word = `deployment/${'x'.repeat(100)}`
  expect(wrapCommand(`kubectl undo ${word}`, 40)).toEqual(['kubectl undo \\', word])
})
