/** How a request shows that its sender knows the secret: what is compared with what. */
export type Proof =
  /** An HMAC of the body's bytes. The header may hold several, separated by commas: each `prefix` and digits. */
  | {
      readonly kind: 'hmac'
      readonly header: string
      readonly algorithm: 'sha256' | 'sha512'
      readonly prefix: string
    }
  /** HMAC-SHA256 of `{id}.{timestamp}.{body}`: https://www.standardwebhooks.com. The secret is `whsec_…` or plain text. */
  | { readonly kind: 'standard' }
  /** `timestamp=…,signature=…`, an HMAC-SHA256 of `{timestamp}.{body}`. */
  | { readonly kind: 'stamped'; readonly header: string }
  /** The secret itself, in a header of the sender's. */
  | { readonly kind: 'token'; readonly header: string }
  /** The secret itself: `Authorization: Bearer …`, the password of `Authorization: Basic …`, or `X-Culprit-Token`. */
  | { readonly kind: 'bearer' }
  /** The secret itself, as this member of the JSON body. */
  | { readonly kind: 'member'; readonly member: string }

export const hmac = (header: string, prefix = '', algorithm: 'sha256' | 'sha512' = 'sha256'): Proof => ({
  kind: 'hmac',
  header,
  algorithm,
  prefix,
})
export const bearer: Proof = { kind: 'bearer' }
