/*
 * Every hard case through the built product, a line each: kept or broken, and how.
 * npm run bench:hard-cases -- [--only name,name] [--keep folder (writes the lines and changes there, replays nothing)]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CLIENT_ERROR_CASES } from '../worlds/hard-cases/client-errors.ts'
import { FAULT_CASES } from '../worlds/hard-cases/faults.ts'
import { drawCase } from '../worlds/hard-cases/hard-case.ts'
import { HARMLESS_CASES } from '../worlds/hard-cases/harmless.ts'
import { SLOW_CASES } from '../worlds/hard-cases/slow.ts'
import { runHardCase } from './judge-hard-case.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, keep: { type: 'string' } } })
const wanted = values.only?.split(',')
for (const hardCase of [...FAULT_CASES, ...SLOW_CASES, ...CLIENT_ERROR_CASES, ...HARMLESS_CASES]) {
  if (wanted?.includes(hardCase.name) === false) continue
  if (values.keep !== undefined) {
    mkdirSync(values.keep, { recursive: true })
    writeFileSync(join(values.keep, `${hardCase.name}.ndjson`), [...drawCase(hardCase)].join(''))
    const changes = (hardCase.changes ?? []).map((change) => `${JSON.stringify(change)}\n`)
    writeFileSync(join(values.keep, `${hardCase.name}.changes.ndjson`), changes.join(''))
    continue
  }
  const broken = await runHardCase(hardCase)
  console.log(`${broken.length === 0 ? 'kept  ' : 'BROKEN'}  ${hardCase.name}: ${hardCase.promise}`)
  for (const problem of broken.slice(0, 5)) console.log(`          ${problem}`)
  if (broken.length > 5) console.log(`          and ${broken.length - 5} more`)
}
