import type { Log } from '../runtime/log.ts'
import { createKafkaClient, type KafkaConnection, toOperationError } from './kafka-client.ts'

/** How many brokers the cluster has. @throws OperationError when none can be reached. */
export async function countBrokers(connection: KafkaConnection, log: Log): Promise<number> {
  const admin = createKafkaClient(connection, log).admin()
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    return brokers.length
  } catch (error) {
    throw toOperationError(error, `reaching ${connection.brokers.join(', ')}`)
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
