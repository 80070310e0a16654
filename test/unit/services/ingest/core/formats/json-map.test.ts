import { expect, test } from 'vitest'
import { jsonMapProblem } from '../../../../../../services/ingest/core/formats/json-map.ts'
import { readLine, readLog } from '../read-log.ts'

const jsonMap = (logFormat: string) => ({ name: 'json-map', logFormat }) as const

test('finds a field at its path, whether objects or dots in keys stand for it', () => {
  const format = jsonMap('ts=at,status=res.code,path=req.url.path')
  const expected = { status: 500, path: '/a', ts: '2026-03-01T09:00:00.000Z' }
  for (const line of [
    '{"at":1772355600,"res":{"code":500},"req":{"url":{"path":"/a"}}}',
    '{"at":1772355600,"res.code":"500","req.url.path":"/a"}',
    '{"req":{"url.path":"/a","url":{}},"res":{"x":[{"code":1}],"code":500},"at":1772355600}',
  ])
    expect(readLine(line, format)).toMatchObject(expected)
})

test.each([
  ['duration_s', 1500],
  ['duration_ms', 1.5],
  ['duration_us', 0.0015],
])('a number is of the unit that %s says, a text with a unit of its own', (field, ms) => {
  const format = jsonMap(`ts=at,status=code,${field}=took`)
  expect(readLine('{"at":1772355600,"code":200,"took":1.5}', format).duration_ms).toBeCloseTo(ms, 6)
  expect(readLine('{"at":1772355600,"code":200,"took":"1.5ms"}', format).duration_ms).toBe(1.5)
})

test('takes the first of a list, and nothing of an empty one', () => {
  const format = jsonMap('ts=at,status=code,virtual_host=headers.Host[]')
  const line = (hosts: string) => `{"headers":{"Host":${hosts}},"at":1772355600,"code":200}`
  expect(readLine(line('["a.example","b.example"]'), format).virtual_host).toBe('a.example')
  expect(readLine(line('"a.example"'), format).virtual_host).toBe('a.example')
  expect(readLine(line('[]'), format).virtual_host).toBeUndefined()
})

test('lines whose members come and go are each read by themselves', () => {
  const format = jsonMap('ts=at,status=code,path=p,client=h.c[]')
  const members = ['"a":1', '"h":{"x":[1],"c":["203.0.113.7"],"y":{}}', '"b":[{"p":"/no"}]', '"code":200', '"p":"/yes"']
  const lines = Array.from({ length: 32 }, (_, bits) => {
    const kept = members.filter((member, i) => /code/.test(member) || (bits >> i) % 2 === 1)
    return `{${['"at":1772355600', ...kept].join(',')}}`
  })
  const alone = lines.map((line) => readLine(line, format))
  expect(alone.map(({ path }) => path !== undefined)).toEqual(lines.map((line) => line.includes('/yes')))
  expect(alone.map(({ client }) => client !== undefined)).toEqual(lines.map((line) => line.includes('203')))
  expect(readLog(lines.join('\n'), format)).toEqual(alone)
})

test.each([
  ['ts=at,status', '"status" is no field=name'],
  ['ts=at,=x', '"x" is no field=name'],
  ['ts=at,status=a,colour=b', 'there is no field colour'],
  ['ts=at,status=a,status=b', 'status is given twice'],
  ['ts=at,status=a,duration_s=b,duration_ms=c', 'duration_ms is given twice'],
  ['status=a', 'it has no ts (or start)'],
  ['ts=at', 'it has no status'],
])('says what is wrong with %s', (map, problem) => {
  expect(jsonMapProblem(map)).toBe(problem)
})
