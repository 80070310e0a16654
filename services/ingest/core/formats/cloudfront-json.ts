// Hot path: indexes slots, several parameters.
import { createDayReader, NO_DAY } from './day-reader.ts'
import { createJsonScanner } from './json-line.ts'
import { createJsonTable, type JsonName } from './json-table.ts'
import {
  BYTES,
  CLIENT,
  DAY,
  DURATION,
  type FormatDefinition,
  METHOD,
  OK,
  REGION,
  REQUEST_ID,
  type ScanLine,
  STATUS,
  slotOf,
  TARGET,
  TIME,
  USER_AGENT,
  VIRTUAL_HOST,
} from './line-format.ts'
import { endOf, startOf } from './slot-range.ts'

/**
 * Amazon CloudFront's standard logs (v2) as JSON: an object a line, its members the fields of the tab-separated logs, their
 * values written alike. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export const cloudfrontJson: FormatDefinition = {
  name: 'cloudfront-json',
  aliases: ['aws-cloudfront-json', 'cloudfront-v2'],
  candidates: [{ name: 'cloudfront-json' }],
  isLike: () => true,
  compile: () => ({
    scan: createCloudfrontScanner(),
    time: 'clock',
    escaping: 'json',
    durationUnitMs: 1000,
    userAgentEscaping: 'percent',
  }),
}

const NAMES: readonly JsonName[] = [
  ['date', DAY, 'string'],
  ['time', TIME, 'string'],
  ['sc-status', STATUS, 'string-or-number'],
  ['time-taken', DURATION, 'string-or-number'],
  ['sc-bytes', BYTES, 'string-or-number'],
  ['cs-method', METHOD, 'string'],
  ['cs-uri-stem', TARGET, 'string'],
  ['x-host-header', VIRTUAL_HOST, 'string'],
  ['c-ip', CLIENT, 'string'],
  ['cs(User-Agent)', USER_AGENT, 'string'],
  ['x-edge-location', REGION, 'string'],
  ['x-edge-request-id', REQUEST_ID, 'string'],
]
const OTHER_NAMES: readonly JsonName[] = [['cs(Host)', VIRTUAL_HOST, 'string']]

const DAY_SLOT = slotOf(DAY)
const TIME_SLOT = slotOf(TIME)
const CLOUDFRONT_TABLE = createJsonTable(NAMES, OTHER_NAMES)

function createCloudfrontScanner(): ScanLine {
  const scanJson = createJsonScanner(CLOUDFRONT_TABLE)
  const readDay = createDayReader()
  return function scanCloudfront(source, start, end, slots, line) {
    const outcome = scanJson(source, start, end, slots, line)
    if (outcome !== OK) return outcome
    const dayAt = startOf(slots, DAY, line)
    const day = dayAt < 0 ? NO_DAY : readDay(source, dayAt, endOf(slots, DAY, line))
    slots[DAY_SLOT + line] = day
    if (day === NO_DAY) slots[TIME_SLOT + line] = -1
    return OK
  }
}
