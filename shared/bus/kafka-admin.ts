import type { Admin, Kafka } from 'kafkajs'
import { toOperationError } from './kafka-client.ts'

export interface KafkaAdmin {
  /** Connects when first asked. @throws OperationError, saying what was being done. */
  ask<Answer>(doing: string, act: (admin: Admin) => Promise<Answer>): Promise<Answer>
  close(): Promise<void>
}

export function openKafkaAdmin(kafka: Kafka): KafkaAdmin {
  let connecting: Promise<Admin> | undefined

  async function connect(): Promise<Admin> {
    const admin = kafka.admin()
    await admin.connect()
    return admin
  }

  async function close(): Promise<void> {
    const connected = await connecting?.catch(() => undefined)
    connecting = undefined
    await connected?.disconnect()
  }

  return {
    async ask(doing, act) {
      connecting ??= connect()
      try {
        return await act(await connecting)
      } catch (error) {
        // The next question goes over a new connection.
        await close().catch(() => {})
        throw toOperationError(error, doing)
      }
    },
    close,
  }
}
