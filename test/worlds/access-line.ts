/** One request as a web server logs it. */
export interface AccessLine {
  /** With its port. */
  readonly virtualHost: string
  readonly client: string
  readonly atMs: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly bytes: number
  readonly userAgent: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Apache's `vhost_combined`, in UTC, with its newline. */
export function formatVhostCombined(line: AccessLine): string {
  const request = `${line.method} ${line.path} HTTP/1.1`
  return `${line.virtualHost} ${line.client} - - [${formatTime(line.atMs)}] "${request}" ${line.status} ${line.bytes} "-" "${line.userAgent}"\n`
}

function formatTime(atMs: number): string {
  const [day, time] = new Date(atMs).toISOString().slice(0, 19).split('T')
  const [year, month, date] = (day ?? '').split('-')
  return `${date}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`
}
