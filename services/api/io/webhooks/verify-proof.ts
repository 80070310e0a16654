import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Proof } from '../../core/webhooks/proof.ts'

/** A request as it came: the bytes are what was signed. Names of headers are in lower case. */
export interface ProvenRequest {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

export interface ProofOptions {
  readonly proofs: readonly Proof[]
  /** Any of them suffices, so that one can take the place of another without a gap. */
  readonly secrets: readonly string[]
  readonly nowMs: number
}

/** `because` is for whoever sent it, and tells nothing of what was expected. */
export type Verdict = { readonly kind: 'proven' } | { readonly kind: 'refused'; readonly because: string }

const PROVEN: Verdict = { kind: 'proven' }
const WINDOW_MS = 5 * 60_000
const SIGNATURES_MAX = 20
const STANDARD_PREFIX = 'whsec_'

/**
 * Whether a request shows that its sender knows one of the secrets, checked over the body's bytes before anything of it is
 * parsed, in constant time. Of several proofs that it could bear, the first one that it bears decides: a signature that is
 * wrong or too old is not made good by a token.
 */
export function verifyProof(request: ProvenRequest, { proofs, secrets, nowMs }: ProofOptions): Verdict {
  const borne = proofs.filter((proof) => bears(request.headers, proof))
  // A sender may be told to sign and to send a token, when only the token is known here.
  const signs = secrets.some((secret) => secret.startsWith(STANDARD_PREFIX))
  const deciding = borne.length > 1 && !signs ? borne.filter(({ kind }) => kind !== 'standard') : borne
  const [proof] = deciding
  if (proof === undefined) return refused(`it is not signed: ${proofs.map(describe).join(', or ')} is missing`)
  const stampedAtMs = stampOf(request.headers, proof)
  if (stampedAtMs !== undefined && !(Math.abs(nowMs - stampedAtMs) <= WINDOW_MS))
    return refused('its timestamp is more than five minutes from now: is the clock right?')
  const isRight = secrets.map((secret) => matches(request, proof, secret)).some((right) => right)
  return isRight ? PROVEN : refused(`${describe(proof)} does not match the secret`)
}

/** Whether a request without a proof can be refused before its body is read. */
export function mayBear(headers: ProvenRequest['headers'], proofs: readonly Proof[]): boolean {
  return proofs.some((proof) => bears(headers, proof))
}

export function describeProofs(proofs: readonly Proof[]): string {
  return proofs.map(describe).join(', or ')
}

function refused(because: string): Verdict {
  return { kind: 'refused', because }
}

function describe(proof: Proof): string {
  switch (proof.kind) {
    case 'hmac':
    case 'stamped':
    case 'token':
      return `the header ${proof.header}`
    case 'standard':
      return 'the header webhook-signature'
    case 'bearer':
      return 'the header authorization'
    case 'member':
      return `the member ${proof.member}`
  }
}

function bears(headers: ProvenRequest['headers'], proof: Proof): boolean {
  switch (proof.kind) {
    case 'hmac':
    case 'stamped':
    case 'token':
      return headers[proof.header] !== undefined
    case 'standard':
      return headers['webhook-signature'] !== undefined
    case 'bearer':
      return headers['authorization'] !== undefined || headers['x-culprit-token'] !== undefined
    case 'member':
      return headers['authorization'] === undefined && headers['x-culprit-token'] === undefined
  }
}

/** When a request says it was signed; NaN when it does not say so readably. Undefined: its protocol has no such time. */
function stampOf(headers: ProvenRequest['headers'], proof: Proof): number | undefined {
  if (proof.kind !== 'standard' && proof.kind !== 'stamped') return undefined
  const text = proof.kind === 'standard' ? headers['webhook-timestamp'] : readStamped(headers[proof.header]).timestamp
  return /^\d{1,12}$/.test(text ?? '') ? Number(text) * 1_000 : Number.NaN
}

function matches({ headers, body }: ProvenRequest, proof: Proof, secret: string): boolean {
  switch (proof.kind) {
    case 'hmac': {
      const expected = proof.prefix + createHmac(proof.algorithm, secret).update(body).digest('hex')
      return (headers[proof.header] ?? '')
        .split(',', SIGNATURES_MAX)
        .map((sent) => isSame(sent.trim(), expected))
        .some((same) => same)
    }
    case 'stamped': {
      const { timestamp, signature } = readStamped(headers[proof.header])
      return isSame(signature ?? '', createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex'))
    }
    case 'standard':
      return standardKeys(secret)
        .map((key) => matchesStandard({ headers, body }, key))
        .some((right) => right)
    case 'token':
      return isSame(headers[proof.header] ?? '', secret)
    case 'bearer':
      return isSame(readBearer(headers), secret)
    case 'member':
      return isSame(readMember(body, proof.member), secret)
  }
}

function readStamped(header: string | undefined): { timestamp?: string | undefined; signature?: string | undefined } {
  const [, timestamp, signature] = /^timestamp=(\d{1,12}),\s?signature=([\da-f]{64})$/.exec(header ?? '') ?? []
  return { timestamp, signature }
}

/** Of Standard Webhooks: `whsec_` and base64; without the prefix it may be base64 or, first of all, the key itself. */
export function standardKeys(secret: string): readonly Buffer[] {
  if (secret.startsWith(STANDARD_PREFIX)) return [Buffer.from(secret.slice(STANDARD_PREFIX.length), 'base64')]
  const decoded = Buffer.from(secret, 'base64')
  return decoded.length >= 16 ? [Buffer.from(secret), decoded] : [Buffer.from(secret)]
}

function matchesStandard({ headers, body }: ProvenRequest, key: Buffer): boolean {
  const id = headers['webhook-id']
  if (id === undefined || key.length === 0) return false
  const signed = `${id}.${headers['webhook-timestamp'] ?? ''}.`
  const expected = `v1,${createHmac('sha256', key).update(signed).update(body).digest('base64')}`
  return (headers['webhook-signature'] ?? '')
    .split(' ', SIGNATURES_MAX)
    .map((sent) => isSame(sent, expected))
    .some((same) => same)
}

function readBearer(headers: ProvenRequest['headers']): string {
  const token = headers['x-culprit-token']
  if (token !== undefined) return token
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(headers['authorization'] ?? '') ?? []
  if (scheme.toLowerCase() !== 'basic') return credentials
  return Buffer.from(credentials, 'base64')
    .toString()
    .replace(/^[^:]*:/, '')
}

/** What names the secret in the body has to be found in it before it is believed. */
function readMember(body: Buffer, member: string): string {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    const value = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, member) : undefined
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

/** Takes as long whatever the two are, and however long. */
function isSame(sent: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(sent), digest(expected))
}
