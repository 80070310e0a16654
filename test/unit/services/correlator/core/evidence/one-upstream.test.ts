import { expect, test } from 'vitest'
import { lookElsewhere } from '../../../../../../services/correlator/core/elsewhere.ts'
import { weighSharedUpstream } from '../../../../../../services/correlator/core/evidence/blast-radius.ts'
import { weighOneUpstream } from '../../../../../../services/correlator/core/evidence/one-upstream.ts'
import { drawCase } from '../../drawn-case.ts'
import { type DrawnLine, drawLog, spikeAt, steady } from '../../drawn-log.ts'

const quiet = steady(0, 60)
const spike = spikeAt(60, { resolvedMinute: 75 })

/** `checkout` passes a third of its requests on to each of three; of each, so many a minute fail from minute 60 on. */
function weigh(failures: Readonly<Record<string, number>>) {
  const lines = Object.entries(failures).map(
    ([upstream, failed]): DrawnLine => ({
      ...{ upstream, status: 502, requests: steady(200, 75) },
      failures: [...quiet, ...steady(failed, 15)],
    }),
  )
  return weighOneUpstream(drawCase(drawLog(lines), [spike]))?.evidence
}

test('errors of what is passed on to one of several receivers speak for what is behind', () => {
  expect(weigh({ 'api.bank.example:443': 40, 'https://tax.example/v1': 0, '10.0.0.7:8080': 1 })).toMatchObject({
    logOdds: 2,
    text: '98 % of the added errors are of requests passed on to api.bank.example, which gets 33 % of them',
    data: { upstream: 'api.bank.example', share_of_excess: expect.closeTo(0.976, 3) },
  })
  expect(weigh({ '198.41.0.4:443': 40, '10.0.0.7:8080': 0, '10.0.0.8:8080': 0 })?.data).toMatchObject({
    upstream: 'public addresses',
  })
})

test('errors of whatever is passed on speak against it', () => {
  expect(weigh({ 'api.bank.example:443': 40, 'tax.example:443': 36, 'post.example:443': 44 })).toMatchObject({
    logOdds: -1.5,
    text: 'requests passed on to 3 upstreams fail alike, whichever it is',
  })
})

test('an instance of the service itself is no receiver, nor is what nothing was passed on to before', () => {
  expect(weigh({ '10.0.0.7:8080': 40, '10.0.0.8:8080': 0 })).toBeUndefined()
  expect(weigh({ 'app1.example:80': 40, 'app2.example:80': 0 })).toBeUndefined()
  const fresh = drawLog([
    {
      upstream: 'new.example',
      status: 502,
      requests: [...quiet, ...steady(200, 15)],
      failures: [...quiet, ...steady(40, 15)],
    },
    { upstream: 'old.example', requests: steady(200, 75) },
  ])
  expect(weighOneUpstream(drawCase(fresh, [spike]))).toBeUndefined()
})

test('services that fail together and have a receiver in common point at it', () => {
  const failing = { status: 502, requests: steady(300, 75), failures: [...quiet, ...steady(30, 15)] }
  const shared = (upstreams: readonly [string, string]) => {
    const rows = drawLog([
      { ...failing, upstream: upstreams[0] },
      { ...failing, upstream: upstreams[1], service: 'billing' },
    ])
    const incident = drawCase(rows, [spike])
    return weighSharedUpstream(incident, lookElsewhere(incident))?.evidence
  }
  expect(shared(['api.bank.example:443', 'https://api.bank.example'])).toMatchObject({
    logOdds: 1.7,
    text: '1 other service began to fail at the same time, and api.bank.example is behind all of them',
  })
  expect(shared(['api.bank.example:443', 'tax.example'])).toMatchObject({
    logOdds: 0.7,
    text: '1 other service began to fail at the same time',
  })
})
