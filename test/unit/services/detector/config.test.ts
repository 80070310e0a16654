import { expect, test } from 'vitest'
import { detectionSchema, latenessClasses, serviceDetectionSchema } from '../../../../services/detector/config.ts'

const detection = detectionSchema.parse({})
const own = (lateness: string) => serviceDetectionSchema.parse({ lateness })

test('services whose logs come late are judged later, those that come equally late together, all others as ever', () => {
  const services = new Map([
    ['cdn', own('10m')],
    ['checkout', serviceDetectionSchema.parse({ traffic_drop: false })],
    ['balancer', own('6m')],
    ['assets', own('10m')],
    ['search', own('5s')],
  ])
  expect(latenessClasses(detection, services)).toEqual([
    { latenessMs: 5_000, services: { only: [], but: ['assets', 'cdn', 'balancer'] } },
    { latenessMs: 600_000, services: { only: ['assets', 'cdn'], but: [] } },
    { latenessMs: 360_000, services: { only: ['balancer'], but: [] } },
  ])
  expect(latenessClasses(detection, new Map())).toEqual([{ latenessMs: 5_000, services: { only: [], but: [] } }])
})

test('nobody waits for more than an hour', () => {
  expect(() => own('61m')).toThrow('at most 1h')
})
