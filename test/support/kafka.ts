import { inject } from 'vitest'

export interface TestKafka {
  readonly brokers: readonly string[]
  /** Where the broker keeps its topics; unknown of a broker that is not ours. */
  readonly directory?: string
}

/** The brokers of KAFKA_BROKERS, else one started for this run. Where neither can be had the tests are skipped, and say so. */
export async function testKafka(): Promise<TestKafka | undefined> {
  const given = process.env['KAFKA_BROKERS']
  if (given !== undefined && given !== '') return { brokers: given.split(',') }
  const response = await fetch(inject('kafkaUrl'))
  const answer = (await response.json()) as TestKafka | { readonly missing: string }
  if ('brokers' in answer) return answer
  process.stdout.write(`skipped: no broker: ${answer.missing}\n`)
  return undefined
}
