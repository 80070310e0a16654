// Hot path: indexes bytes, several parameters.
import type { ByteSource } from '../byte-source.ts'
import { SERVICE, type Slots, VERSION } from './line-format.ts'
import { clearRange, endOf, setRange, startOf } from './slot-range.ts'

const PIPE = 0x7c
const DOT = 0x2e
const SLASH = 0x2f

/**
 * Envoy names an upstream cluster as its control plane likes: Istio `outbound|8080|v42|checkout.shop.svc.cluster.local`, Envoy
 * Gateway `httproute/shop/checkout/rule/0`, people `checkout`. Leaves of it in SERVICE `checkout`, and sets VERSION to the subset.
 */
export function readCluster(source: ByteSource, slots: Slots, line: number): void {
  const start = startOf(slots, SERVICE, line)
  if (start < 0) return
  const end = endOf(slots, SERVICE, line)
  const port = findIn(source.bytes, PIPE, start, end)
  if (port < end) readIstioCluster(source.bytes, port, end, slots, line)
  else readRoute(source.bytes, start, end, slots, line)
}

/** What follows `outbound` or `inbound`. Inbound there is neither subset nor host. */
function readIstioCluster(bytes: Buffer, portAt: number, end: number, slots: Slots, line: number): void {
  const subsetAt = findIn(bytes, PIPE, portAt + 1, end) + 1
  const hostAt = findIn(bytes, PIPE, subsetAt, end) + 1
  if (hostAt >= end) {
    clearRange(slots, SERVICE, line)
    return
  }
  if (hostAt - 1 > subsetAt) setRange(slots, VERSION, line, subsetAt, hostAt - 1)
  setRange(slots, SERVICE, line, hostAt, findIn(bytes, DOT, hostAt, end))
}

/** Of kind, namespace, name and rule the name; anything else stays as it is. */
function readRoute(bytes: Buffer, start: number, end: number, slots: Slots, line: number): void {
  const namespaceAt = findIn(bytes, SLASH, start, end) + 1
  const nameAt = findIn(bytes, SLASH, namespaceAt, end) + 1
  const nameEnd = findIn(bytes, SLASH, nameAt, end)
  if (nameEnd < end) setRange(slots, SERVICE, line, nameAt, nameEnd)
}

/** `end` when it isn't there. */
function findIn(bytes: Buffer, byte: number, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] !== byte) at++
  return at
}
