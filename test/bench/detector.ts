/*
 * The quick loop: the detector alone on simulated worlds, in memory. For tuning, so it takes tuning seeds only.
 * npm run bench:detector -- [--worlds 5] [--first 0] [--flavours fleet,rough,heavy,drifting,crowded] [--verbose]
 *   [--settings '{"false_alarms_per_week":0.2}' (the `detection` key of the configuration)]
 */
import { parseArgs } from 'node:util'
import { flavourNamed } from '../worlds/flavours.ts'
import { TUNING_SEEDS } from '../worlds/seeds.ts'
import { detectSeed } from './ablate-detector.ts'
import { DETECTION_LEGEND, renderDetection } from './detection-report.ts'
import type { Judgment } from './judge.ts'
import { renderListing } from './listing.ts'

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '5' },
    first: { type: 'string', default: '0' },
    flavours: { type: 'string', default: 'fleet,rough,heavy,drifting,crowded' },
    settings: { type: 'string', default: '{}' },
    verbose: { type: 'boolean', default: false },
  },
})
const seeds = TUNING_SEEDS.slice(Number(values.first), Number(values.first) + Number(values.worlds))
const detection: unknown = JSON.parse(values.settings)
const judged = new Map<string, Judgment[]>()
for (const flavour of values.flavours.split(',').map(flavourNamed)) {
  const judgments: Judgment[] = []
  for (const seed of seeds) judgments.push(await detectSeed(flavour, seed, detection))
  judged.set(flavour.name, judgments)
  if (values.verbose) console.log(`${flavour.name}\n${renderListing(judgments)}\n`)
}
const tried = [...judged].map(([name, judgments]) => ({ name, judgments }))
console.log(DETECTION_LEGEND, '\n')
console.log(renderDetection('flavour', [...tried, { name: 'all', judgments: [...judged.values()].flat() }]))
