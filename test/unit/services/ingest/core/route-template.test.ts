import fc from 'fast-check'
import { expect, test } from 'vitest'
import { routeTemplate } from '../../../../../services/ingest/core/route-template.ts'

test.each([
  ['/', '/'],
  ['/users/123', '/users/{id}'],
  ['/users/123/', '/users/{id}'],
  ['//users///123//', '/users/{id}'],
  ['/users/me/orders', '/users/me/orders'],
  ['/api/v1/users', '/api/v1/users'],
  ['/apis/apps/v1beta1/x', '/apis/apps/v1beta1/x'],
  ['/rapidGrails/jsonList', '/rapidGrails/jsonList'],
  ['/oauth2/step12/web2', '/oauth2/step12/web2'],
  ['/com.acme.shop.v1.Orders/GetOrder', '/com.acme.shop.v1.Orders/GetOrder'],
  ['/wp-login.php', '/wp-login.php'],
  ['/orders/9f86d081', '/orders/{id}'],
  ['/orders/deadbeef', '/orders/deadbeef'],
  ['/o/3F2504E0-4F89-11D3-9A0C-0305E82C3301', '/o/{id}'],
  ['/o/dQw4w9WgXcQ', '/o/{id}'],
  ['/o/eyJhbGciOiJIUzI1NiJ9', '/o/{id}'],
  ['/o/sku1234', '/o/{id}'],
  ['/users/123:cancel', '/users/{id}:cancel'],
  ['/reports/2024-10-22', '/reports/{date}'],
  ['/reports/2024/10/22', '/reports/{id}/{id}/{id}'],
  ['/u/jane@shop.example', '/u/{email}'],
  ['/u/jane%40shop.example', '/u/{email}'],
  ['/filter/b1,p62', '/filter/{list}'],
  ['/filter/b1%2Cp62', '/filter/{list}'],
  ['/product/33719/64428/%DB%8C%D8%AE-Secret', '/product/{id}/{id}/{slug}'],
  ['/product/ÿäß', '/product/{slug}'],
  ['/p/how-to-choose-a-good-iron', '/p/{slug}'],
  ['/p/iron-2400', '/p/{slug}'],
  ['/tag/iron', '/tag/{slug}'],
  ['/tag/17', '/tag/{id}'],
  ['/image/65323/productModel/150x150', '/image/{id}/productModel/{id}'],
  ['/static/images/amp/instagram.png', '/static/images/{file}.png'],
  ['/favicon.ico', '/{file}.ico'],
  ['/a;jsessionid=1/b;v=2', '/a/b'],
  ['/%7B%7Bitem.id%7D%7D', '/{slug}'],
  ['/<script>alert(1)</script>', '/{slug}/{slug}'],
  ['/a/b/c/d/e/f/g/h/i/j', '/a/b/c/d/e/f/g/h/…'],
  [`/${'x'.repeat(65)}`, '/{slug}'],
  ['*', '*'],
  ['host.example:443', ''],
  ['', ''],
])('%j belongs to %j', (path, route) => {
  expect(routeTemplate(path)).toBe(route)
})

test('a route is short and safe to print, whatever the path', () => {
  const segment = fc.oneof(fc.webSegment(), fc.string({ unit: 'binary' }), fc.uuid(), fc.nat().map(String))
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 20 }), (segments) => {
      const route = routeTemplate(`/${segments.join('/')}`)
      expect(route.length).toBeLessThan(600)
      expect(route).toMatch(/^\/[\w.~@:{}/…-]*$/)
    }),
    { numRuns: 50 },
  )
})
