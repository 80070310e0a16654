import { type Flavour, flavourNamed } from '../worlds/flavours.ts'

/** Worlds of one flavour: the first so many of the seeds. */
export interface WorldList {
  readonly flavour: Flavour
  readonly worlds: number
}

const ENTRY = /^([^=]+)=(\d+)(?::(\d+))?$/

/** Reads `fleet=20:16,hosts=5`: flavours, each with how many worlds and, where it is not the usual, how many faults in each. */
export function parseWorldLists(text: string): WorldList[] {
  return text.split(',').map((entry) => {
    const [, name, worlds, faults] = ENTRY.exec(entry) ?? []
    if (name === undefined) throw new Error(`no list of worlds: ${entry}; write it like fleet=20 or fleet=20:16`)
    const flavour = flavourNamed(name)
    const each = faults === undefined ? flavour.faults : ([Number(faults), Number(faults)] as const)
    return { flavour: { ...flavour, faults: each }, worlds: Number(worlds) }
  })
}
