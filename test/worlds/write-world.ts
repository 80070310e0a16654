import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type DrawnWorld, drawWorld } from './draw-world.ts'
import { describeTruth, type TrueFault } from './truth.ts'
import type { World } from './world.ts'

/** Where a world lies, and what only its maker knows. */
export interface WrittenWorld {
  readonly linesFile: string
  readonly changesFile: string
  readonly configFile: string
  readonly truthFile: string
  readonly truth: readonly TrueFault[]
  readonly drawn: DrawnWorld
}

/** Draws a world into `folder` (made if missing): access lines, change events, configuration with the topology, truth. */
export function writeWorld(world: World, folder: string): WrittenWorld {
  mkdirSync(folder, { recursive: true })
  const files = {
    linesFile: join(folder, 'world.ndjson'),
    changesFile: join(folder, 'changes.ndjson'),
    configFile: join(folder, 'world.yaml'),
    truthFile: join(folder, 'truth.json'),
  }
  const output = openSync(files.linesFile, 'w')
  const drawn = drawWorld(world, (chunk) => writeSync(output, chunk, null, 'latin1'))
  closeSync(output)
  const truth = describeTruth(world, drawn.extraErrors)
  writeFileSync(files.changesFile, world.records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  writeFileSync(files.configFile, stringify({ services: world.flavour.namesUpstreams ? {} : topology(world) }))
  writeFileSync(
    files.truthFile,
    `${JSON.stringify({ seed: world.seed, flavour: world.flavour.name, faults: truth }, null, 1)}\n`,
  )
  return { ...files, truth, drawn }
}

function topology(world: World): Record<string, { calls: readonly string[] }> {
  const callers = world.services.filter(({ calls }) => calls.length > 0)
  return Object.fromEntries(callers.map(({ name, calls }) => [name, { calls }]))
}
