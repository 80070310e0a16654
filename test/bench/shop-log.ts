/*
 * A web shop's access log, the same bytes for the same number of lines: visitors who load pages with their images, call its
 * API and come back, robots, and ten minutes in which its checkout fails. About 100 requests a second and 220 bytes a line.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { createPrng, type Prng } from '../worlds/prng.ts'

/** What was written, counted while writing. */
export interface WrittenLog {
  readonly bytes: number
  /** Lines by status. */
  readonly statuses: ReadonlyMap<number, number>
}

const REQUESTS_PER_SECOND = 100
const FIRST_MS = Date.UTC(2026, 2, 2, 8)
const PIECE_CHARACTERS = 4 * 1024 * 1024
/** When the checkout fails, as shares of the log. */
const FAILS_FROM = 0.6
const FAILS_TO = 0.63

/** Writes `lines` lines of combined log to `path`. */
export function writeShopLog(path: string, lines: number): WrittenLog {
  const prng = createPrng('shop log')
  const shop = drawShop(prng.fork('shop'))
  const visits = Array.from({ length: VISITS_AT_ONCE }, () => beginVisit(prng, shop))
  const statuses = new Map<number, number>()
  const file = openSync(path, 'w')
  let atMs = FIRST_MS
  let time = ''
  let bytes = 0
  let piece = ''
  for (let i = 0; i < lines; i++) {
    const lastSecond = Math.floor(atMs / 1000)
    atMs += (-Math.log(1 - prng.next()) * 1000) / REQUESTS_PER_SECOND
    if (time === '' || Math.floor(atMs / 1000) !== lastSecond) time = formatTime(atMs)
    const slot = Math.floor(prng.next() * visits.length)
    const visit = visits[slot] ?? beginVisit(prng, shop)
    const request = nextRequest(prng, shop, visit)
    if (visit.requestsLeft-- <= 0) visits[slot] = beginVisit(prng, shop)
    const status = statusOf(prng, request, i / lines)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const size = status === 304 ? 0 : Math.floor(300 * 400 ** prng.next())
    piece += `${visit.client} - - [${time}] "${request.method} ${request.target} HTTP/1.1" ${status} ${size} "${visit.referer}" "${visit.userAgent}"\n`
    if (request.isPage && visit.tellsReferer) visit.referer = `https://shop.example${request.target}`
    if (piece.length < PIECE_CHARACTERS && i < lines - 1) continue
    bytes += writeSync(file, piece, undefined, 'latin1')
    piece = ''
  }
  closeSync(file)
  return { bytes, statuses }
}

interface Shop {
  readonly userAgents: readonly string[]
  readonly products: readonly string[]
  readonly categories: readonly string[]
}

interface Visit {
  readonly client: string
  readonly userAgent: string
  readonly isRobot: boolean
  readonly tellsReferer: boolean
  referer: string
  product: number
  imagesLeft: number
  requestsLeft: number
}

interface Request {
  readonly method: string
  readonly target: string
  readonly isPage: boolean
}

const VISITS_AT_ONCE = 400
const CLIENTS = 40_000
const PRODUCTS = 20_000
const USER_AGENTS = 1_500
const WORDS = 'oak linen kettle lamp steel garden chair glass wool winter table basket copper shelf paper'.split(' ')

function drawShop(prng: Prng): Shop {
  const word = () => WORDS[Math.floor(prng.next() * WORDS.length)] ?? ''
  return {
    products: Array.from({ length: PRODUCTS }, (_, i) => `${10_000 + i}-${word()}-${word()}`),
    categories: WORDS.flatMap((name) => [name, `${name}-sale`, `${name}-new`]),
    userAgents: Array.from({ length: USER_AGENTS }, () => drawUserAgent(prng)),
  }
}

function drawUserAgent(prng: Prng): string {
  const number = (from: number, to: number) => from + Math.floor(prng.next() * (to - from))
  const chrome = `AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${number(90, 146)}.0.${number(4000, 7600)}.${number(10, 200)}`
  const kind = prng.next()
  if (kind < 0.35)
    return `Mozilla/5.0 (Linux; Android ${number(8, 17)}; SM-A${number(105, 730)}F) ${chrome} Mobile Safari/537.36`
  if (kind < 0.6) return `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`
  if (kind < 0.7)
    return `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${number(60, 148)}.0) Gecko/20100101 Firefox/${number(60, 148)}.0`
  if (kind < 0.82)
    return `ShopApp/${number(3, 7)}.${number(0, 30)} (Android ${number(8, 17)}) okhttp/4.${number(8, 13)}.0`
  const version = `${number(12, 20)}_${number(0, 8)}`
  return `Mozilla/5.0 (iPhone; CPU iPhone OS ${version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${number(12, 20)}.${number(0, 8)} Mobile/15E${number(100, 400)} Safari/604.1`
}

const ROBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

function beginVisit(prng: Prng, shop: Shop): Visit {
  const isRobot = prng.next() < 0.04
  // Some people come often, most once: ranks by a power of a uniform number.
  const client = Math.floor(CLIENTS * prng.next() ** 2)
  return {
    client: `${20 + (client % 190)}.${(client >> 3) % 256}.${(client * 7) % 256}.${(client * 13) % 254}`,
    userAgent: isRobot ? ROBOT : (shop.userAgents[Math.floor(USER_AGENTS * prng.next() ** 3)] ?? ROBOT),
    isRobot,
    tellsReferer: !isRobot && prng.next() < 0.6,
    referer: !isRobot && prng.next() < 0.1 ? 'https://www.google.com/' : '-',
    product: Math.floor(PRODUCTS * prng.next() ** 3),
    imagesLeft: 0,
    requestsLeft: Math.floor(80 * prng.next()),
  }
}

/** A page, its images, and what its scripts ask for. */
function nextRequest(prng: Prng, shop: Shop, visit: Visit): Request {
  if (visit.imagesLeft > 0 && !visit.isRobot) {
    visit.imagesLeft -= 1
    return get(prng.next() < 0.3 ? asset(prng) : image(prng, shop, visit), false)
  }
  const kind = prng.next()
  if (kind < 0.3) return call(prng, visit)
  visit.imagesLeft = Math.floor(10 * prng.next())
  visit.product = Math.floor(PRODUCTS * prng.next() ** 3)
  if (kind < 0.65) return get(`/products/${shop.products[visit.product]}`, true)
  if (kind < 0.85)
    return get(
      `/category/${shop.categories[Math.floor(45 * prng.next() ** 2)]}?page=${Math.floor(9 * prng.next())}`,
      true,
    )
  if (kind < 0.93)
    return get(`/search?q=${WORDS[Math.floor(15 * prng.next())]}+${Math.floor(1000 * prng.next())}&sort=price`, true)
  if (kind < 0.995) return get('/', true)
  return get(`/wp-content/plugins/${Math.floor(1e6 * prng.next())}/setup.php`, false)
}

function get(target: string, isPage: boolean): Request {
  return { method: 'GET', target, isPage }
}

function asset(prng: Prng): string {
  return `/static/${(Math.floor(60 * prng.next()) * 2_654_435_761).toString(16).slice(0, 8)}.js`
}

function image(prng: Prng, shop: Shop, visit: Visit): string {
  const product = (visit.product + Math.floor(12 * prng.next())) % PRODUCTS
  return `/images/${shop.products[product]}/${prng.next() < 0.6 ? 'thumb' : 'large'}.webp`
}

function call(prng: Prng, visit: Visit): Request {
  const kind = prng.next()
  const id = 10_000 + visit.product
  if (kind < 0.3) return get(`/api/stock/${id}?t=${Math.floor(1e6 * prng.next())}`, false)
  if (kind < 0.5) return get('/api/cart', false)
  if (kind < 0.6) return { method: 'POST', target: '/api/cart/items', isPage: false }
  if (kind < 0.7) return { method: 'POST', target: '/api/checkout', isPage: false }
  if (kind < 0.8) return get(`/api/reviews/${id}?limit=10`, false)
  return { method: 'POST', target: '/api/events', isPage: false }
}

function statusOf(prng: Prng, { target }: Request, share: number): number {
  const chance = prng.next()
  const fails = target === '/api/checkout' && share >= FAILS_FROM && share < FAILS_TO
  if (chance < (fails ? 0.3 : 0.0005)) return 500
  if (target.startsWith('/wp-')) return 404
  if (chance > 0.985) return 404
  if (chance > 0.97) return 302
  if (chance > 0.967) return 499
  if (target.startsWith('/images/') || target.startsWith('/static/')) return chance > 0.8 ? 304 : 200
  return target === '/api/events' ? 204 : 200
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function formatTime(atMs: number): string {
  const at = new Date(atMs)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}
