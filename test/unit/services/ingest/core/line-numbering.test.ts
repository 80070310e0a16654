import { expect, test } from 'vitest'
import { createLineNumbering } from '../../../../../services/ingest/core/line-numbering.ts'

function block(fileIndex: number, lines: number, rejectedLine: number) {
  const reject = {
    source: 'access.log',
    lineNumber: rejectedLine,
    byteOffset: 0,
    reason: 'unmatched',
    text: 'junk',
  } as const
  return { fileIndex, lines, rejects: [reject] }
}

test('numbers a rejected line by its place in its file', () => {
  const number = createLineNumbering()
  const blocks = [block(0, 100, 3), block(0, 50, 50), block(0, 10, 1), block(1, 20, 7)]
  expect(blocks.map((each) => number(each)[0]?.lineNumber)).toEqual([3, 150, 151, 7])
})
