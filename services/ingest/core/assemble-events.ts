// Hot path: mutates typed arrays, several parameters.
import type { ByteSource } from './byte-source.ts'
import { decoderFor } from './decode-value.ts'
import { type LineFormat, OK } from './formats/line-format.ts'
import { type LineBatch, moveLine } from './line-batch.ts'
import { createMeasureColumns } from './measure-columns.ts'
import { createNameColumns } from './name-columns.ts'
import type { BlockParserOptions, ParsedBlock } from './parsed-block.ts'
import { createRequestColumns } from './request-columns.ts'

/** Turns the slots of scanned lines into columns. */
export interface EventAssembler {
  begin(rowsExpected: number): void
  /** Appends the events of a batch. A line that is none, or that is outside the wanted time, goes to `drop`. Uses the slots up. */
  append(source: ByteSource, batch: LineBatch, drop: (outcome: number, line: number) => void): void
  finish(): AssembledEvents
  /** About how many bytes the memory of values takes. */
  weight(): number
}

export type AssembledEvents = Pick<ParsedBlock, 'columns' | 'requests' | 'serviceOrigins' | 'fromMs' | 'toMs'>

/** `writeClient` is how addresses are kept; by default truncated. */
export function createEventAssembler(
  format: LineFormat,
  options: BlockParserOptions,
  writeClient?: (address: string) => string,
): EventAssembler {
  const decode = decoderFor(format.escaping)
  const measures = createMeasureColumns(format, options)
  const decodeUserAgent = decoderFor(format.userAgentEscaping ?? format.escaping)
  const names = createNameColumns({ decode, decodeUserAgent }, options.env)
  const request = createRequestColumns(decode, options, writeClient)
  let rows = 0

  function begin(rowsExpected: number): void {
    rows = 0
    measures.begin(rowsExpected)
    names.begin(rowsExpected)
    request.begin(rowsExpected)
  }

  function append(source: ByteSource, batch: LineBatch, drop: (outcome: number, line: number) => void): void {
    const { slots, outcomes } = batch
    let events = 0
    for (let line = 0; line < batch.size; line++) {
      const scanned = outcomes[line] as number
      const outcome = scanned === OK ? measures.read(source, slots, line) : scanned
      if (outcome === OK) {
        measures.put(rows + events)
        moveLine(slots, line, events)
        events += 1
      } else {
        drop(outcome, line)
      }
    }
    names.put(rows, source, slots, events)
    request.put(rows, source, slots, events, measures.counts())
    rows += events
  }

  function finish(): AssembledEvents {
    const columns = { rows, ...measures.finish(), ...names.finish(rows), ...request.finish(rows) }
    return { columns, serviceOrigins: request.origins(), ...measures.totals() }
  }

  return { begin, append, finish, weight: () => names.weight() + request.weight() }
}
