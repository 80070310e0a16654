import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderReplay } from '../../../../../services/cli/render/replay-text.ts'
import { textWidth } from '../../../../../shared/faces/text-layout.ts'
import { calm, gallery } from '../incident-gallery.ts'
import { change, incident, replayResult, view } from '../incident-samples.ts'

const plain = { columns: 80, colour: false }

test.each(Object.entries(gallery))('the story of %s reads as it should', async (name, of) => {
  await expect(renderReplay(replayResult([of]), plain)).toMatchFileSnapshot(`golden/${name}.txt`)
})

test('a quiet log is told in one calm sentence, with what could have been missed', async () => {
  await expect(renderReplay(calm, plain)).toMatchFileSnapshot('golden/calm.txt')
})

test('a log without service names and a replay without changes say what to add', async () => {
  const result = replayResult([view(incident(), { changes: [] })], { serviceOrigin: 'default', changesGiven: null })
  await expect(renderReplay(result, plain)).toMatchFileSnapshot('golden/hints.txt')
})

test('colours change nothing but the colour', () => {
  for (const of of Object.values(gallery)) {
    const result = replayResult([of])
    const painted = renderReplay(result, { columns: 80, colour: true })
    expect(painted).toContain('\u001b[')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences are what is taken away
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(renderReplay(result, plain))
  }
})

test('no line is wider than the terminal, whatever the names', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
  const anyNames = fc.record({ service: name, route: name, version: name, title: name, author: name, text: name })
  fc.assert(
    fc.property(anyNames, fc.integer({ min: 50, max: 200 }), (names, columns) => {
      const of = incident({
        service: names.service,
        affected: [
          {
            service: names.service,
            method: 'POST',
            route: names.route,
            version: null,
            region: null,
            requests: 9,
            errors: 9,
            shareOfExcess: 1,
          },
        ],
        suspects: [
          {
            changeId: 'd1',
            probability: 0.9,
            change: change({ id: 'd1', ...names }),
            evidence: [{ kind: 'lag', logOdds: 1, text: names.text, data: {} }],
          },
        ],
        recommendation: {
          action: 'investigate',
          changeId: null,
          toVersion: null,
          command: null,
          reason: names.text,
          cautions: [names.title],
        },
      })
      const text = renderReplay(replayResult([view(of, { changes: [change({ id: 'd1', ...names })] })]), {
        columns,
        colour: false,
      })
      for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(Math.min(80, columns))
    }),
    { numRuns: 60 },
  )
})

test('only a change at or above the line drawn by the configuration counts as the explanation', () => {
  const of = view(incident())
  expect(renderReplay(replayResult([of]), plain)).toContain('1 incident, 1 explained by a change.')
  expect(renderReplay(replayResult([{ ...of, blameAt: 0.95 }]), plain)).toContain(
    '1 incident, 0 explained by a change.',
  )
})
