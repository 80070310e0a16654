import { expect, test } from 'vitest'
import { cutServicePort } from '../../../../../../services/ingest/core/formats/kubernetes-service.ts'
import { OK, type ScanLine, SERVICE, UNMATCHED } from '../../../../../../services/ingest/core/formats/line-format.ts'
import { scannedLines, slotText } from '../scanned-lines.ts'

function cut(upstream: string | undefined, outcome = OK) {
  const { source, slots } = scannedLines([{}, upstream === undefined ? {} : { [SERVICE]: upstream }])
  const scan: ScanLine = () => outcome
  return [cutServicePort(scan)(source, 0, 0, slots, 1), slotText(source, slots, SERVICE, 1)]
}

test.each([
  ['shop-checkout-8080', 'shop-checkout'],
  ['shop-checkout-http', 'shop-checkout'],
  ['checkout-80', 'checkout'],
  ['checkout', 'checkout'],
  ['-80', '-80'],
  [undefined, undefined],
])('the upstream %s is the service %s', (upstream, service) => {
  expect(cut(upstream)).toEqual([OK, service])
})

test('what is no event is left as it is', () => {
  expect(cut('shop-checkout-8080', UNMATCHED)).toEqual([UNMATCHED, 'shop-checkout-8080'])
})
