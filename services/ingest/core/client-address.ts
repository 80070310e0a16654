import type { Privacy } from './privacy.ts'

/**
 * Who asked, less exactly: an IPv4 address becomes its /24 (`10.158.33.0`), an IPv6 address its /48 (`2001:db8:7::`), without
 * port and zone. Anything else (a resolved host name) is kept. An IPv4 address may come without its last group (`10.158.33.`),
 * so that the caller can look up a whole network at once. Of a list, as X-Forwarded-For is one, the first counts.
 */
export function truncateAddress(client: string): string {
  const address = withoutPort(client)
  const ipv4 = IPV4_NETWORK.exec(address)
  if (ipv4 !== null) return `${ipv4[1]}.0`
  return address.includes(':') ? truncateIpv6(address) : address
}

/** How clients are written under a privacy setting. `hash` is asked for where addresses are hashed. */
export function clientWriter(
  client: Privacy['client'],
  hash: ((address: string) => string) | undefined,
): (address: string) => string {
  switch (client) {
    case 'truncated':
      return truncateAddress
    case 'full':
      return withoutPort
    case 'hashed':
      if (hash === undefined) throw new Error('addresses are to be hashed, and no hash was given')
      return (address) => (address === '' ? '' : hash(withoutPort(address).toLowerCase().replace(MAPPED, '')))
  }
}

/** An IPv4 address as IPv6 writes it is the same client. */
const MAPPED = /^::ffff:(?=[\d.]+$)/

/** Also as IPv6 writes it, `::ffff:10.158.33.7`. */
const IPV4_NETWORK = /^(?:::(?:ffff:)?)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{0,3}$/i
const IPV4_PORT = /^([\d.]+):\d+$/
const BRACKETED = /^\[([^\]]*)\](?::\d+)?$/

/** Of the first, where several are listed; some logs quote the list. */
function withoutPort(client: string): string {
  const [first = ''] = client.split(',', 1)
  const address = first.replace(/^"/, '').trim()
  return IPV4_PORT.exec(address)?.[1] ?? BRACKETED.exec(address)?.[1] ?? address
}

const NETWORK_GROUPS = 3
const IPV6_GROUPS = 8

function truncateIpv6(address: string): string {
  const [withoutZone = ''] = address.split('%', 1)
  if (!/^[\da-f:.]+$/i.test(withoutZone)) return address
  const [before = '', after] = withoutZone.toLowerCase().split('::', 2)
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const zeros = Array.from({ length: Math.max(0, IPV6_GROUPS - head.length - tail.length) }, () => '0')
  const network = (after === undefined ? head : [...head, ...zeros, ...tail]).slice(0, NETWORK_GROUPS)
  const groups = network.map((group) => group.replace(/^0+(?=.)/, ''))
  return `${groups.join(':').replace(/(^|:)0(:0)*$/, '')}::`
}
