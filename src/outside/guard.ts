/** Where we may speak to: never this machine's own services or a cloud's metadata, whatever a name leads to. @see OWASP SSRF prevention */
import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { Problem } from '../base/index.ts'

/** Link-local (cloud metadata among them), unspecified, multicast and broadcast: no health system answers there. */
const never = new BlockList()
never.addSubnet('0.0.0.0', 8, 'ipv4')
never.addSubnet('169.254.0.0', 16, 'ipv4')
never.addSubnet('224.0.0.0', 4, 'ipv4')
never.addSubnet('240.0.0.0', 4, 'ipv4')
never.addAddress('100.100.100.200', 'ipv4')
never.addAddress('168.63.129.16', 'ipv4')
never.addAddress('::', 'ipv6')
never.addSubnet('fe80::', 10, 'ipv6')
never.addSubnet('ff00::', 8, 'ipv6')
never.addAddress('fd00:ec2::254', 'ipv6')
never.addSubnet('64:ff9b::', 96, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export type Guard = {
  /** This machine itself may be spoken to, also without TLS: for the demo and for trying out. */
  readonly loopback: boolean
}

/** Why an address may not be spoken to; undefined when it may. */
export function whyNotAddress(address: string, guard: Guard): string | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const family = isIP(mapped)
  if (family === 0) return 'it is no address'
  const type = family === 6 ? 'ipv6' : 'ipv4'
  // Other ways to write an IPv4 address inside an IPv6 one are ways round this guard, and nothing else.
  if (type === 'ipv6' && /^::(?!1$)(?:ffff:)?[0-9a-f.:]*$/i.test(mapped)) return 'it is not a usual address'
  if (never.check(mapped, type)) return 'nothing may be sent to such an address'
  if (loopback.check(mapped, type) && !guard.loopback) return 'it is this machine itself'
  return undefined
}

/**
 * Looks at an address before it is used; `guardedLookup` looks again at what its name leads to.
 * @throws Problem 'forbidden'
 */
export function checkUrl(text: string, guard: Guard): URL {
  const url = new URL(text)
  const host = bareHost(url)
  const known = isIP(host) === 0 ? undefined : whyNotAddress(host, guard)
  if (known !== undefined) throw refused(known)
  const secure = url.protocol === 'https:' || url.protocol === 'mllps:'
  const near = host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'))
  if (host === 'localhost' && !guard.loopback) throw refused('it is this machine itself')
  // MLLP in the clear is how hospital networks speak; the web is not.
  if (!secure && url.protocol !== 'mllp:' && !(near && guard.loopback)) throw refused('it must begin with https:')
  return url
}

/** The host of an address as sockets want it: IPv6 without its brackets. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

type Answer = (fault: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/** For sockets: resolves a name and refuses it when any address behind it is one that may not be spoken to. No second look-up follows. */
export function guardedLookup(guard: Guard) {
  return (hostname: string, options: LookupOptions, answer: Answer): void => {
    lookup(hostname, { ...options, all: true }, (fault, addresses) => {
      if (fault) return answer(fault, '')
      const why = addresses.map(({ address }) => whyNotAddress(address, guard)).find(Boolean)
      const [first] = addresses
      if (why !== undefined || !first) return answer(refused(why ?? 'it leads nowhere'), '')
      if (options.all) answer(null, addresses)
      else answer(null, first.address, first.family)
    })
  }
}

function refused(why: string): Problem {
  return new Problem(
    'forbidden',
    `Nothing is sent to this address: ${why}`,
    'Correct the address where it is configured: for a source it is accepts.to.',
  )
}
