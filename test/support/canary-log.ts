/** What must never leave the line that it stands in, and what is kept of such lines: who looks for one must find the other. */
export const CANARY = 'c4n4ryS3cr3tV4lu3'
export const MARKER = 'm4rk3rthatiskept'

const TIME = '[26/Jan/2026:19:45:25 +0000]'
const TARGETS = [
  `/${MARKER}?token=${CANARY}`,
  `/${MARKER}?a=1&b=x ${CANARY} y`,
  `/${MARKER}%3Ftoken=${CANARY}`,
  `/${MARKER}\\x3ftoken=${CANARY}`,
  `/${MARKER}#${CANARY}`,
  `/${MARKER};sid=${CANARY}`,
  `/${MARKER}&token=${CANARY}`,
  `//user:${CANARY}@shop.example/${MARKER}`,
  `/${MARKER}/http://user:${CANARY}@shop.example/`,
  `http://user:${CANARY}@shop.example/${MARKER}`,
  `user:${CANARY}@shop.example:443`,
]

/** Lines of `combined` that are events. */
export const COMBINED_EVENTS = [
  ...TARGETS.map((target) => `203.0.113.77 - - ${TIME} "GET ${target} HTTP/1.1" 200 1 "-" "probe/1.0"`),
  `203.0.113.77 - - ${TIME} "GET /${MARKER} HTTP/1.1" 200 1 "https://user:${CANARY}@a.example/?${CANARY}" "probe/1.0"`,
]

/** Lines that no format reads. */
export const COMBINED_REJECTS = [
  ...TARGETS.slice(0, 4).map((target) => `203.0.113.77 - - [soon] "GET ${target} HTTP/1.1" 200 1 "-" "${MARKER}"`),
  `203.0.113.77 - - ${TIME} "GET /${MARKER}?token=${CANARY} HTTP/1.1" 999 1`,
  `203.0.113.77 - - ${TIME} "GET /${MARKER}?token=${CANARY}`,
  `${MARKER} GET /index.htm token=${CANARY}&page=2 80 - 203.0.113.77`,
  `${MARKER} connecting to https://user:${CANARY}@db.example/`,
  `${MARKER} Authorization: Bearer ${CANARY}`,
  `${MARKER} Authorization: Basic ${CANARY}`,
  `${MARKER} Cookie: a=1; sid=${CANARY}`,
  `${MARKER} password=${CANARY}`,
  `${MARKER} {"log":"{\\"path\\":\\"/a?t=${CANARY}\\",\\"token\\":\\"${CANARY}\\"}"}`,
]

const TS = '"ts":"2026-01-26T19:45:25Z"'

export const JSON_EVENTS = [
  `{${TS},"status":200,"path":"/${MARKER}?token=${CANARY}","authorization":"Bearer ${CANARY}"}`,
  `{${TS},"status":200,"path":"/${MARKER}\\u003ftoken=${CANARY}","headers":{"Cookie":["sid=${CANARY}"]}}`,
  `{${TS},"status":200,"path":"/${MARKER}\\u003ftoken=${CANARY}${'x'.repeat(2_000)}\\u0041\\u0041"}`,
  `{${TS},"status":200,"path":"/${MARKER}","route":"/${MARKER}?token=${CANARY}"}`,
  `{${TS},"status":200,"path":"/${MARKER}","upstream":"http://user:${CANARY}@10.0.0.1:8080/?t=${CANARY}"}`,
  `{${TS},"status":200,"path":"/${MARKER}","service":"http://user:${CANARY}@10.0.0.1:8080/?t=${CANARY}"}`,
  `{${TS},"status":200,"path":"/${MARKER}","virtual_host":"user:${CANARY}@shop.example","referer":"/?${CANARY}"}`,
]

export const JSON_REJECTS = [
  `{"ts":"soon","status":200,"path":"/${MARKER}?token=${CANARY}"}`,
  `{"ts":"token=${CANARY}","status":200,"path":"/${MARKER}"}`,
  `{${TS},"path":"/${MARKER}","headers":{"Authorization":["Bearer ${CANARY}"],"Cookie":["sid=${CANARY}"]}}`,
  `{${TS},"path":"/${MARKER}","query":{"code":["${CANARY}"]},"password":"a\\"${CANARY}"}`,
  `{${TS},"path":"/${MARKER}","api_key":"${CANARY}`,
]

export function logOf(...lines: readonly (readonly string[])[]): string {
  return `${lines.flat().join('\n')}\n`
}
