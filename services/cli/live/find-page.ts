import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** From the compiled program, and from its source. */
const PLACES = ['../../../page', '../../../dist/page'] as const

/** The folder of the built dashboard; undefined when it was not built. */
export function findPage(): string | undefined {
  return PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((folder) =>
    existsSync(`${folder}/index.html`),
  )
}
