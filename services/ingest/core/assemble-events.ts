import type { ByteSource } from './byte-source.ts'
import { decoderFor } from './decode-value.ts'
import type { EventColumns } from './event-columns.ts'
import { type LineFormat, OK, type Slots } from './formats/line-format.ts'
import { createMeasureColumns } from './measure-columns.ts'
import { createNameColumns } from './name-columns.ts'
import type { BlockParserOptions, ParsedBlock } from './parsed-block.ts'
import { createRequestColumns } from './request-columns.ts'

/** Turns the slots of one line after another into columns. */
export interface EventAssembler {
  begin(rowsExpected: number): void
  /** Appends the line's event. Unless it is OK, the line is no event, or one outside the wanted time: nothing is appended. */
  add(source: ByteSource, slots: Slots): number
  finish(): AssembledEvents
  /** About how many bytes the memory of values takes. */
  weight(): number
}

export type AssembledEvents = Pick<ParsedBlock, 'columns' | 'requests' | 'serviceOrigins' | 'fromMs' | 'toMs'>

export function createEventAssembler(format: LineFormat, options: BlockParserOptions): EventAssembler {
  const decode = decoderFor(format.escaping)
  const measures = createMeasureColumns(format.time, options)
  const names = createNameColumns(decode, options.env)
  const request = createRequestColumns(decode, options)
  let rows = 0
  let requests = 0

  function begin(rowsExpected: number): void {
    rows = 0
    requests = 0
    measures.begin(rowsExpected)
    names.begin(rowsExpected)
    request.begin(rowsExpected)
  }

  function add(source: ByteSource, slots: Slots): number {
    const reason = measures.read(source, slots)
    if (reason !== OK) return reason
    const count = measures.count()
    measures.put(rows)
    names.put(rows, source, slots)
    request.put(rows, source, slots, count)
    requests += count
    rows += 1
    return OK
  }

  function finish(): AssembledEvents {
    const columns: EventColumns = { rows, ...measures.finish(), ...names.finish(rows), ...request.finish(rows) }
    return { columns, requests, serviceOrigins: request.origins(), ...measures.span() }
  }

  return { begin, add, finish, weight: () => names.weight() + request.weight() }
}
