import type { FormatDefinition, LineFormat } from './line-format.ts'
import { BYTES, CLIENT, STATUS, TIME, USER_AGENT, VIRTUAL_HOST } from './line-format.ts'
import { compilePattern, IGNORED, type PatternStep, REQUEST_LINE } from './pattern.ts'

// `10.1.2.3 - alice [26/Jan/2019:19:45:25 +0330] "GET / HTTP/1.1" 200 30975 "https://referer/" "Mozilla/5.0 (…)"`
const CLIENT_STEP: PatternStep = { field: CLIENT, until: ' ' }
const AFTER_CLIENT: readonly PatternStep[] = [
  // The user may contain spaces, so it ends where the time begins.
  { field: IGNORED, until: ' [' },
  { field: TIME, until: '] "' },
  { field: REQUEST_LINE, until: '" ' },
  { field: STATUS, until: ' ' },
]
const AFTER_STATUS: readonly PatternStep[] = [
  { field: BYTES, until: ' ' },
  { field: IGNORED, until: '"' },
  { field: IGNORED, until: '" "' },
  { field: USER_AGENT, until: '"' },
]

/** Whatever follows the status may be missing, and whatever follows the user agent is ignored: servers are set up so. */
function compileClf(first: readonly PatternStep[]): LineFormat {
  const upToStatus = [...first, ...AFTER_CLIENT]
  const scan = compilePattern({
    prefix: '',
    steps: [...upToStatus, ...AFTER_STATUS],
    optionalFrom: upToStatus.length,
    hasTail: true,
  })
  return { scan, time: 'clf', escaping: 'backslash' }
}

/** Apache's and nginx's `combined`. */
export const combined: FormatDefinition = {
  name: 'combined',
  aliases: ['nginx-combined', 'apache-combined', 'apache'],
  candidates: [{ name: 'combined' }],
  isLike: ({ userAgent }) => userAgent.size > 1,
  compile: () => compileClf([CLIENT_STEP]),
}

/** Apache's `common`: `combined` without referer and user agent. */
export const common: FormatDefinition = {
  name: 'common',
  aliases: ['clf', 'apache-common', 'ncsa'],
  candidates: [{ name: 'common' }],
  isLike: () => true,
  compile: () => compileClf([CLIENT_STEP]),
}

/** Either of them after the virtual host, `shop.example:443 10.1.2.3 - - […`. */
export const vhostCombined: FormatDefinition = {
  name: 'vhost-combined',
  aliases: ['vhost', 'vhost-common', 'apache-vhost'],
  candidates: [{ name: 'vhost-combined' }],
  isLike: ({ virtualHost }) => virtualHost.values.length > 1,
  compile: () => compileClf([{ field: VIRTUAL_HOST, until: ' ' }, CLIENT_STEP, { field: IGNORED, until: ' ' }]),
}
