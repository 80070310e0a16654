/** Messages of somebody's own topic that are next to each other: the same range is the same messages, whoever asks and when. */
export interface TopicBlock {
  readonly partition: number
  readonly firstOffset: bigint
  /** The first after the block. */
  readonly endOffset: bigint
  /** Earliest first. Messages without a value are left out. */
  readonly values: readonly Uint8Array[]
}

export interface TopicReading {
  readonly topic: string
  readonly group: string
  /**
   * Resolves once the block is safe. A block whose handling failed, or may have, is handed out again with the same range,
   * here or in another process of the group, and before anything after it.
   */
  readonly handle: (block: TopicBlock) => Promise<void>
}

/** Reads topics that are not ours, from the oldest message that the group has not yet handled. */
export interface TopicReader {
  read(reading: TopicReading): Promise<void>
  /** Resolves once what was taken is handled. */
  close(): Promise<void>
}
