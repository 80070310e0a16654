import { expect, test } from 'vitest'
import { readCluster } from '../../../../../../services/ingest/core/formats/envoy-cluster.ts'
import { SERVICE, VERSION } from '../../../../../../services/ingest/core/formats/line-format.ts'
import { scannedLines, slotText } from '../scanned-lines.ts'

test.each([
  ['outbound|8080|v42|checkout.shop.svc.cluster.local', 'checkout', 'v42'],
  ['outbound|8080||checkout.shop.svc.cluster.local', 'checkout', undefined],
  ['outbound|8080||checkout', 'checkout', undefined],
  ['inbound|8080||', undefined, undefined],
  ['inbound|8080|', undefined, undefined],
  ['outbound|', undefined, undefined],
  ['httproute/shop/checkout/rule/0', 'checkout', undefined],
  ['httproute/shop/checkout', 'httproute/shop/checkout', undefined],
  ['shop/checkout', 'shop/checkout', undefined],
  ['checkout', 'checkout', undefined],
  ['checkout.v2', 'checkout.v2', undefined],
])('the cluster %s is the service %s of version %s', (cluster, service, version) => {
  const { source, slots } = scannedLines([{}, { [SERVICE]: cluster }])
  readCluster(source, slots, 1)
  expect([slotText(source, slots, SERVICE, 1), slotText(source, slots, VERSION, 1)]).toEqual([service, version])
})

test('a line without a cluster stays without a service', () => {
  const { source, slots } = scannedLines([{}])
  readCluster(source, slots, 0)
  expect(slotText(source, slots, SERVICE)).toBeUndefined()
})
