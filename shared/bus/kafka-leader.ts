import kafkajs, { type PartitionAssigner } from 'kafkajs'
import { type KafkaConsumer, type KafkaConsumerDeps, runKafkaConsumer } from './kafka-consumer.ts'

/** A group of which one member has the topic's one partition, and keeps it while it lives. */
export async function joinLeaders(
  deps: KafkaConsumerDeps,
  reading: { readonly topic: string; readonly groupId: string; readonly sessionMs: number },
): Promise<{ readonly consumer: KafkaConsumer; readonly leads: () => boolean }> {
  let isGiven = false
  let heardAtMs = Number.NEGATIVE_INFINITY
  const isHeardWithin = (sessions: number) => performance.now() - heardAtMs < sessions * reading.sessionMs
  const leads = () => isGiven && isHeardWithin(SESSIONS_LOST_MAX)
  const consumer = await runKafkaConsumer(deps, {
    ...reading,
    handle: async ({ messages, hold }) => hold(BigInt(messages.at(-1)?.offset ?? 0) + 1n),
    // Who was silent for a session is taken for dead, and may have been replaced: it claims nothing.
    assigner: createLeaderAssigner(() => isGiven && isHeardWithin(1)),
    onHeard: () => {
      heardAtMs = performance.now()
    },
    onAssigned: ({ length }) => {
      isGiven = length > 0
    },
  })
  return { consumer, leads }
}

/**
 * What one process does is expensive to hand over: one that was busy, or lost a connection, for not much longer than a session goes
 * on until the group tells it of another. One that hears nothing for so many sessions stops by itself.
 */
const SESSIONS_LOST_MAX = 3
const LEADING = Buffer.from('leading')
const NOTHING = Buffer.alloc(0)
const VERSION = 0
const PARTITION = 0

/** Each who joins says whether it leads; only where nobody does is somebody chosen. */
function createLeaderAssigner(claims: () => boolean): PartitionAssigner {
  // Not among the names that Node finds in a CommonJS module.
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol
  const isLeading = (metadata: Buffer) => MemberMetadata.decode(metadata)?.userData.equals(LEADING) === true
  return () => ({
    name: 'leader',
    version: VERSION,
    async assign({ members, topics }) {
      const chosen = members.find(({ memberMetadata }) => isLeading(memberMetadata)) ?? members[0]
      if (chosen === undefined) return []
      const assignment = Object.fromEntries(topics.map((topic) => [topic, [PARTITION]]))
      const memberAssignment = MemberAssignment.encode({ version: VERSION, assignment, userData: NOTHING })
      return [{ memberId: chosen.memberId, memberAssignment }]
    },
    protocol: ({ topics }) => {
      const userData = claims() ? LEADING : NOTHING
      return { name: 'leader', metadata: MemberMetadata.encode({ version: VERSION, topics, userData }) }
    },
  })
}
