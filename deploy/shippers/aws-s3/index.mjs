// A Lambda function that S3 calls for each log file that a load balancer or CloudFront has written. Runtime: nodejs20.x or later.
// CULPRIT_SERVER and CULPRIT_TOKEN say where to; CULPRIT_FORMAT is aws-alb, aws-elb or cloudfront, or auto. Such files come minutes
// late: set detection.lateness to what you see, e.g. 6m.

/** Sends each object of S3's event; when one is not taken the call fails, and S3 calls again. */
export async function handler(event) {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
  const s3 = new S3Client({})
  for (const { s3: at } of event.Records) {
    const Key = decodeURIComponent(at.object.key.replaceAll('+', ' '))
    const object = await s3.send(new GetObjectCommand({ Bucket: at.bucket.name, Key }))
    await send({
      body: await object.Body.transformToByteArray(),
      isGzip: Key.endsWith('.gz'),
      identity: `${at.bucket.name}/${Key} ${object.ETag}`,
    })
  }
}

const TRIES = 6

/** The same object sent twice is stored once: its identity is the request's key. */
export async function send({ body, isGzip, identity }, environment = process.env) {
  const url = new URL('/api/v1/events', environment.CULPRIT_SERVER)
  url.searchParams.set('format', environment.CULPRIT_FORMAT ?? 'auto')
  const headers = {
    authorization: `Bearer ${environment.CULPRIT_TOKEN}`,
    'idempotency-key': identity,
    'content-type': 'text/plain',
  }
  if (isGzip) headers['content-encoding'] = 'gzip'
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, { method: 'POST', headers, body })
    if (response.ok) return response.json()
    const isBusy = response.status === 429 || response.status >= 500
    if (!isBusy || attempt === TRIES)
      throw new Error(`${identity}: ${response.status} ${(await response.text()).slice(0, 500)}`)
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(response.headers.get('retry-after') ?? attempt)))
  }
}
