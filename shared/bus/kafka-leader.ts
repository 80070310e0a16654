import kafkajs, { type PartitionAssigner } from 'kafkajs'
import { type KafkaConsumer, type KafkaConsumerDeps, runKafkaConsumer } from './kafka-consumer.ts'

/** A group of which one member has the topic's one partition, and keeps it while it lives. */
export async function joinLeaders(
  deps: KafkaConsumerDeps,
  reading: { readonly topic: string; readonly groupId: string; readonly sessionMs: number },
): Promise<{ readonly consumer: KafkaConsumer; readonly leads: () => boolean }> {
  let isGiven = false
  let heardAtMs = Number.NEGATIVE_INFINITY
  // Who was silent for longer is taken for dead, and may have been replaced.
  const leads = () => isGiven && performance.now() - heardAtMs < reading.sessionMs
  const consumer = await runKafkaConsumer(deps, {
    ...reading,
    handle: async ({ messages, hold }) => hold(BigInt(messages.at(-1)?.offset ?? 0) + 1n),
    assigner: createLeaderAssigner(leads),
    onHeard: () => {
      heardAtMs = performance.now()
    },
    onAssigned: ({ length }) => {
      isGiven = length > 0
    },
  })
  return { consumer, leads }
}

const LEADING = Buffer.from('leading')
const NOTHING = Buffer.alloc(0)
const VERSION = 0
const PARTITION = 0

/** Each who joins says whether it leads; only where nobody does is somebody chosen. */
function createLeaderAssigner(leads: () => boolean): PartitionAssigner {
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
      const userData = leads() ? LEADING : NOTHING
      return { name: 'leader', metadata: MemberMetadata.encode({ version: VERSION, topics, userData }) }
    },
  })
}
