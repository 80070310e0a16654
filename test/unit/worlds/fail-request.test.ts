import { expect, test } from 'vitest'
import { failRequest } from '../../worlds/fail-request.ts'
import { createPrng } from '../../worlds/prng.ts'

const fault = {
  fromMs: Date.parse('2019-01-26T16:40:00Z'),
  toMs: Date.parse('2019-01-26T16:50:00Z'),
  pathPrefix: '/pay',
  share: 1,
  status: 500,
}
const line = (time: string, request: string, status = 200): string =>
  `10.1.2.3 - - [26/Jan/2019:${time} +0330] "${request}" ${status} 512 "https://shop.example/" "Mozilla/5.0" "-"`
const fail = (text: string, share = 1): string => failRequest(text, { ...fault, share }, createPrng('fail'))

test('a request under the path fails while the fault lasts, whatever the zone of the log', () => {
  expect(fail(line('20:10:00', 'POST /pay/7 HTTP/1.1'))).toBe(line('20:10:00', 'POST /pay/7 HTTP/1.1', 500))
  expect(fail(`shop:443 ${line('20:19:59', 'GET /pay HTTP/1.1', 302)}`)).toContain(' 500 512 ')
})

test.each([
  ['before the fault', line('20:09:59', 'POST /pay/7 HTTP/1.1')],
  ['after the fault', line('20:20:00', 'POST /pay/7 HTTP/1.1')],
  ['another path', line('20:15:00', 'GET /cart HTTP/1.1')],
  ['no time', '10.1.2.3 - - "GET /pay HTTP/1.1" 200 5'],
  ['no status', '10.1.2.3 - - [26/Jan/2019:20:15:00 +0330] "GET /pay HTTP/1.1"'],
  ['no access line', 'hello'],
])('%s: the line stays as it is', (_name, text) => {
  expect(fail(text)).toBe(text)
})

test('a quote inside the request does not end it', () => {
  expect(fail(line('20:15:00', 'GET /pay/\\" 200 HTTP/1.1'))).toBe(line('20:15:00', 'GET /pay/\\" 200 HTTP/1.1', 500))
})

test('only a share of the requests fails', () => {
  const prng = createPrng('share')
  const text = line('20:15:00', 'GET /pay HTTP/1.1')
  const failed = Array.from({ length: 2_000 }, () => failRequest(text, { ...fault, share: 0.25 }, prng)).filter(
    (l) => l !== text,
  )
  expect(Math.abs(failed.length - 500)).toBeLessThan(100)
})
