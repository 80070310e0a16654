// Hot path: indexes bytes, several parameters.
import { BATCH_LINES, OK, type ScanLine, SERVICE, type Slots, slotOf } from './line-format.ts'

/** Where ingress-nginx names an upstream by namespace, service and port: `shop-checkout-8080` is the service `shop-checkout`. */
export function cutServicePort(scan: ScanLine): ScanLine {
  return (source, start, end, slots, line) => {
    const outcome = scan(source, start, end, slots, line)
    if (outcome === OK) cutPort(source.bytes, slots, line)
    return outcome
  }
}

const SERVICE_SLOT = slotOf(SERVICE)
const HYPHEN = 0x2d

/** Of the upstream's name the last part is the port's number or name. */
function cutPort(bytes: Buffer, slots: Slots, line: number): void {
  const start = slots[SERVICE_SLOT + line] as number
  if (start < 0) return
  let at = (slots[SERVICE_SLOT + BATCH_LINES + line] as number) - 1
  while (at > start && bytes[at] !== HYPHEN) at--
  if (at > start) slots[SERVICE_SLOT + BATCH_LINES + line] = at
}
