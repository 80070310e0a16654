import { lookup as resolveName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { OperationError } from './errors.ts'

export interface AddressGuardOptions {
  /** Host names or addresses that may be reached wherever they are, and without TLS. */
  readonly allowedHosts: readonly string[]
  /** Finds a name's addresses; the system's resolver when absent. */
  readonly resolve?: typeof resolveName
}

/** Which addresses may be connected to: public ones alone, but for hosts that are allowed by name. */
export interface AddressGuard {
  isAllowedByName(host: string): boolean
  /** Why a host must not be connected to, as far as it can be told without looking it up. */
  refusalOf(host: string): OperationError | undefined
  /** Finds the addresses of a name, and fails where any of them is not public. */
  readonly lookup: LookupFunction
}

export function createAddressGuard({ allowedHosts, resolve = resolveName }: AddressGuardOptions): AddressGuard {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()))
  const isAllowedByName = (host: string) => allowed.has(bareHost(host))
  return {
    isAllowedByName,
    refusalOf(host) {
      const bare = bareHost(host)
      // An address is connected to without being looked up.
      return isIP(bare) !== 0 && !isPublicAddress(bare) && !isAllowedByName(bare) ? refusal(bare) : undefined
    },
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, '', 0)
        const isRefused = !isAllowedByName(hostname) && addresses.some(({ address }) => !isPublicAddress(address))
        const [first] = addresses
        if (first === undefined || isRefused) return callback(refusal(hostname), '', 0)
        return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family)
      })
    },
  }
}

/** All that is given out of IPv6 (RFC 4291, section 2.4); what is outside may hold an IPv4 address. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')

/** Whether an address is on the public internet; an address within another (mapped, 6to4, NAT64) is not. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST)
}

/** As it is compared and shown: in lower case, without the brackets of an address and the dot of a root. */
export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

export function refusal(host: string): OperationError {
  return new OperationError(
    `${host.slice(0, 100)} is refused: only public addresses over TLS are called, unless notify.allowed_hosts names the host`,
    { code: 'address_refused', retryable: false },
  )
}
