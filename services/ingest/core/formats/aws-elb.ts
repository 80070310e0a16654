// Hot path: indexes bytes, several parameters.
import { type ByteSource, findByte } from '../byte-source.ts'
import { scanColumns, toColumnSlots } from './columns.ts'
import {
  BATCH_LINES,
  BYTES,
  CLIENT,
  DURATION,
  type FormatDefinition,
  METHOD,
  OK,
  REGION,
  SERVICE,
  type Slots,
  START,
  STATUS,
  slotOf,
  TARGET,
  TIME,
  TRACE_ID,
  UNMATCHED,
  UPSTREAM,
  UPSTREAM_STATUS,
  USER_AGENT,
} from './line-format.ts'
import { IGNORED, REQUEST_LINE } from './pattern.ts'
import { setHostOfTarget } from './request-line.ts'

/**
 * AWS Application Load Balancer: `https 2026-11-21T10:00:00.123456Z app/shop/50dc6c495c0c9188 client:port target:port
 * 0.000 0.012 0.000 200 200 34 366 "GET https://shop.example:443/ HTTP/2.0" "curl/8" …`. Its time is when the response was
 * made; the three times are seconds, -1 where the request did not come so far. Fields may follow that are not known yet.
 */
export const alb: FormatDefinition = {
  name: 'aws-alb',
  aliases: ['alb'],
  candidates: [{ name: 'aws-alb' }],
  isLike: () => true,
  compile: () => ({ scan: scanAlb, time: 'rfc3339-or-epoch', escaping: 'backslash', durationUnitMs: 1000 }),
}

/** AWS Classic Load Balancer, whose time is when the request came in. */
export const classicElb: FormatDefinition = {
  name: 'aws-elb',
  aliases: ['elb', 'classic-elb'],
  candidates: [{ name: 'aws-elb' }],
  isLike: () => true,
  compile: () => ({ scan: scanElb, time: 'rfc3339-or-epoch', escaping: 'backslash', durationUnitMs: 1000 }),
}

const SPACE = 0x20
const HYPHEN = 0x2d
const SLASH = 0x2f
const COLON = 0x3a
const EQUALS = 0x3d
const SEMICOLON = 0x3b
const LETTER_T = 0x54
const REQUEST_COLUMNS = [
  DURATION,
  DURATION,
  DURATION,
  STATUS,
  UPSTREAM_STATUS,
  IGNORED,
  BYTES,
  REQUEST_LINE,
  USER_AGENT,
]
// The type, time, load balancer, client and target; after the user agent the TLS cipher and protocol, and the target group.
const ALB_COLUMNS = toColumnSlots([
  ...[IGNORED, TIME, IGNORED, CLIENT, UPSTREAM],
  ...REQUEST_COLUMNS,
  ...[IGNORED, IGNORED, SERVICE, TRACE_ID],
])
const ELB_COLUMNS = toColumnSlots([START, IGNORED, CLIENT, UPSTREAM, ...REQUEST_COLUMNS])
/** Up to the request, which every version has had. */
const ALB_COLUMNS_MIN = 13
const ELB_COLUMNS_MIN = 12

function scanAlb(source: ByteSource, start: number, end: number, slots: Slots, line: number): number {
  const timeAt = findByte(source, SPACE, start, end) + 1
  if (source.bytes[timeAt + 10] !== LETTER_T) return UNMATCHED
  const columns = scanColumns(ALB_COLUMNS, SPACE, source, start, end, slots, line)
  if (columns < ALB_COLUMNS_MIN) return UNMATCHED
  readTargetGroup(source, slots, line)
  readTraceRoot(source, slots, line)
  finishRequest(source, slots, line)
  return OK
}

function scanElb(source: ByteSource, start: number, end: number, slots: Slots, line: number): number {
  if (source.bytes[start + 10] !== LETTER_T) return UNMATCHED
  const columns = scanColumns(ELB_COLUMNS, SPACE, source, start, end, slots, line)
  if (columns < ELB_COLUMNS_MIN) return UNMATCHED
  finishRequest(source, slots, line)
  return OK
}

const METHOD_SLOT = slotOf(METHOD)
const TARGET_SLOT = slotOf(TARGET)
const SERVICE_SLOT = slotOf(SERVICE)
const REGION_SLOT = slotOf(REGION)
const TRACE_SLOT = slotOf(TRACE_ID)

/** Of a request that could not be read, `"- http://shop.example:80- -"`, nothing is known. */
function finishRequest(source: ByteSource, slots: Slots, line: number): void {
  const methodAt = slots[METHOD_SLOT + line] as number
  if (methodAt >= 0 && source.bytes[methodAt] === HYPHEN) {
    slots[METHOD_SLOT + line] = -1
    slots[TARGET_SLOT + line] = -1
  }
  setHostOfTarget(source, slots, line)
}

/** `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout/73e2d6bc24d8a067`: region and service. */
function readTargetGroup(source: ByteSource, slots: Slots, line: number): void {
  const start = slots[SERVICE_SLOT + line] as number
  if (start < 0) return
  const end = slots[SERVICE_SLOT + BATCH_LINES + line] as number
  let at = start
  for (let colon = 0; colon < 3; colon++) at = findByte(source, COLON, at, end) + 1
  const regionEnd = findByte(source, COLON, at, end)
  const nameAt = findByte(source, SLASH, regionEnd, end) + 1
  if (nameAt >= end) {
    slots[SERVICE_SLOT + line] = -1
    return
  }
  slots[REGION_SLOT + line] = at
  slots[REGION_SLOT + BATCH_LINES + line] = regionEnd
  slots[SERVICE_SLOT + line] = nameAt
  slots[SERVICE_SLOT + BATCH_LINES + line] = findByte(source, SLASH, nameAt, end)
}

/** `Self=1-67891234-…;Root=1-67891233-…`: the root names the trace. */
function readTraceRoot(source: ByteSource, slots: Slots, line: number): void {
  const start = slots[TRACE_SLOT + line] as number
  if (start < 0) return
  const end = slots[TRACE_SLOT + BATCH_LINES + line] as number
  const bytes = source.bytes
  for (let at = start; at < end; at = findByte(source, SEMICOLON, at, end) + 1) {
    // Of the fields only this one's name has an R first and four letters.
    if (bytes[at] !== 0x52 || bytes[at + 4] !== EQUALS) continue
    slots[TRACE_SLOT + line] = at + 5
    slots[TRACE_SLOT + BATCH_LINES + line] = findByte(source, SEMICOLON, at, end)
    return
  }
}
