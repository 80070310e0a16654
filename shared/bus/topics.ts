/**
 * Every topic: who publishes, what a key is, what a value is. Values are UTF-8 unless told otherwise.
 *
 * - `access-events`: ingest; its token; canonical access events as NDJSON, or, where the
 *   header `form` says so, as a block of the table in ClickHouse's Native format. Header `token`: where they came from.
 * - `spikes`: detector; the environment; one spike as JSON.
 * - `changes`: api; the environment; one change event as JSON.
 * - `incidents`: correlator; the incident's id; one incident as JSON.
 * - `commands`: api; the id of what it is about; what a person asks for, as JSON (shared/domain/command.ts).
 * - `leaders`: nobody publishes; whoever has its one partition, in the group of some work, does that work alone.
 * - `detector-shards`: nobody publishes; detectors share its partitions, each of which stands for a part of the services.
 */
export const TOPIC_NAMES = [
  'access-events',
  'spikes',
  'changes',
  'incidents',
  'commands',
  'leaders',
  'detector-shards',
] as const
export type TopicName = (typeof TOPIC_NAMES)[number]

/** Those whose work many processes may share; the others have one partition. */
export const SHARED_TOPICS: readonly TopicName[] = ['access-events', 'detector-shards']

/** The header of `access-events` that names a message's origin: the same token again is the same events again. */
export const TOKEN_HEADER = 'token'

/** The header of `access-events` that says what the value is; without it, canonical lines. */
export const FORM_HEADER = 'form'
/** A block with all columns of the table as this version has them. */
export const NATIVE_FORM = 'native/1'

/** Of a message on Kafka: brokers take 1 MiB unless told otherwise. */
export const MESSAGE_BYTES_MAX = 900_000

/** Of a message of events, where it may be so large: it becomes one insert, and ten thousand rows cost little more than one. */
export const EVENTS_BYTES_MAX = 8 * 1024 * 1024
