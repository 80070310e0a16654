import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApiServer } from '../../../../support/api-server.ts'
import { runCommand } from '../../../../support/run-command.ts'
import { SHOP_NOW_MS, shopRows } from '../../../../support/shop-cells.ts'

let api: ApiServer
let address: string

beforeAll(async () => {
  api = await startApiServer(SHOP_NOW_MS)
  await api.store.insertRows('access_events', shopRows(), 'shop')
  address = await api.server.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(() => api.close())

const gate = (...args: readonly string[]) => runCommand(['gate', '--server', address, ...args])

test('a pipeline is stopped by a harmful version, and told why', async () => {
  expect(await gate('--service', 'checkout', '--version', 'v42')).toEqual({
    code: 3,
    text: 'harmful: v42 fails 8 % of 4,500 requests, other versions at the same time 0 % of 4,500 requests\n',
  })
})

test('a version that has served well goes on', async () => {
  const { code, text } = await gate('--service', 'search', '--version', 's1', '--wait', '0s', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(text)).toMatchObject({ verdict: 'healthy' })
})

test('what can not be told has an exit code of its own', async () => {
  const { code, text } = await gate('--service', 'checkout', '--version', 'v99', '--wait', '0s')
  expect({ code, text }).toEqual({
    code: 4,
    text: 'not enough traffic to tell: no request was served by v99 within a day\n',
  })
})

test('a gate that is asked wrongly opens for nobody', async () => {
  expect((await gate('--service', 'checkout')).code).toBe(2)
  expect((await gate('--service', 'checkout', '--version', 'v42', '--wait', 'long')).code).toBe(2)
})
