import { basename, dirname } from 'node:path'
import type { Log } from '../../../shared/runtime/log.ts'
import type { FilePattern } from '../core/file-pattern.ts'
import type { ReceiveEvents } from '../receive-events.ts'
import { confirm, type FollowedLog, nextBlock, type TailSource } from './followed-log.ts'
import { beginsWith, listFiles, type NamedFile, type OpenLog, openLog, readHead } from './open-log.ts'
import type { PositionStore, TailPosition } from './tail-positions.ts'

export interface FileTailDeps {
  readonly receive: ReceiveEvents
  readonly positions: PositionStore
  readonly newId: () => string
  readonly nowMs: () => number
  readonly log: Log
}

export interface FileTailCounts {
  readonly followedLogs: number
  readonly acceptedEvents: number
  readonly rejectedLines: number
  readonly clampedEvents: number
  readonly sentBytes: number
  /** Blocks that were not taken and are sent again. */
  readonly refusedBlocks: number
  /** Logs that were deleted or truncated before they were read to the end. */
  readonly lostLogs: number
}

/** Follows files as they grow. Call `look` every second or so; it must not be called again before it has resolved. */
export interface FileTail {
  /** Sends what is new, until nothing is, or what was sent is not taken: the next call goes on there. */
  look(): Promise<void>
  counts(): FileTailCounts
  /** Resolves once what is under way is done and remembered. */
  stop(): Promise<void>
}

const FILES_MAX = 1_000
/** Among which a renamed or copied log is looked for. */
const SIBLINGS_MAX = 10_000
/** Of blocks that are sent at a time. */
const ROUND_BYTES = 8 * 1024 * 1024
/** A writer goes on with a renamed file until it is told to open the new one. */
const ROTATED_QUIET_MS = 60_000

/**
 * Every line of the files is sent, and stored once: how far a file will be sent is remembered before it is, so that the same
 * bytes go again under the same token after a crash. A renamed file is read to its end; of one that was copied and truncated
 * the rest is read in the copy, which is looked for under names that begin alike.
 */
export async function openFileTail(deps: FileTailDeps, sources: readonly TailSource[]): Promise<FileTail> {
  const { receive, positions, newId, nowMs, log } = deps
  const total = { acceptedEvents: 0, rejectedLines: 0, clampedEvents: 0, sentBytes: 0, refusedBlocks: 0, lostLogs: 0 }
  const saved = await positions.load()
  const begun = new Set(saved?.begun)
  let savedText = ''
  let logs: readonly FollowedLog[] = []
  let looking: Promise<void> = Promise.resolve()
  let isStopping = false
  let isRefused = false
  for (const position of saved?.files ?? []) await resume(position)
  // From now on: what is written or renamed before the first look is followed.
  for (const source of sources) await lookAround(source)

  async function resume(position: TailPosition): Promise<void> {
    const source = sources.find(({ path }) => path === position.pattern)
    if (source === undefined) return
    const file = await findAgain(position)
    if (file === undefined) total.lostLogs += 1
    else await follow(source, file, position)
  }

  async function follow(source: TailSource, file: OpenLog, position: TailPosition): Promise<void> {
    const sizeBytes = await file.sizeBytes()
    const state = { isNamed: true, isOver: false, sizeBytes, grewAtMs: nowMs(), block: undefined, reader: undefined }
    logs = [...logs, { source, log: file, position, ...state }]
  }

  async function leave(followed: FollowedLog): Promise<void> {
    logs = logs.filter((other) => other !== followed)
    await followed.log.close()
  }

  async function lookAround(source: TailSource): Promise<void> {
    for (const followed of logs) if (followed.source === source) await follows(followed)
    const files = await listFiles(source.pattern, FILES_MAX)
    for (const file of files) {
      const known = logs.find(({ log: { identity } }) => identity === file.identity)
      if (known === undefined) await begin(source, file)
      else if (known.position.path !== file.path) {
        known.position = { ...known.position, path: file.path }
        noteRotation(known)
      }
    }
    begun.add(source.path)
    for (const followed of logs) {
      if (followed.source !== source) continue
      followed.isNamed = files.some(({ identity }) => identity === followed.log.identity)
      if (!followed.isNamed) noteRotation(followed)
      followed.isOver = followed.position.isRotated && nowMs() - followed.grewAtMs >= ROTATED_QUIET_MS
    }
  }

  function noteRotation(followed: FollowedLog): void {
    if (followed.position.isRotated) return
    followed.position = { ...followed.position, isRotated: true }
    followed.grewAtMs = nowMs()
  }

  /** Is the file what it was? If not, its lines are in a copy, or lost. */
  async function follows(followed: FollowedLog): Promise<void> {
    const { log: file, position } = followed
    const sizeBytes = await file.sizeBytes()
    if (sizeBytes < position.plannedEnd || !(await beginsWith(file, position.head))) return moveToCopy(followed)
    if (sizeBytes > followed.sizeBytes) followed.grewAtMs = nowMs()
    followed.sizeBytes = sizeBytes
    const head = sizeBytes > position.head.bytes ? await readHead(file) : position.head
    followed.position = { ...position, head }
  }

  async function moveToCopy(followed: FollowedLog): Promise<void> {
    const { position } = followed
    const copy = await findCopy(position, new Set(logs.map(({ log: { identity } }) => identity)))
    await leave(followed)
    if (copy === undefined) total.lostLogs += Number(followed.sizeBytes > position.offset)
    else await follow(followed.source, copy, { ...position, path: copy.path, identity: copy.identity, isRotated: true })
  }

  async function begin(source: TailSource, { path }: NamedFile): Promise<void> {
    const file = await openLog(path)
    if (file === undefined) return
    if (await isCopy(file, source)) return file.close()
    const isNew = source.from === 'beginning' || begun.has(source.path)
    const offset = isNew ? 0 : await endOfLines(file)
    await follow(source, file, {
      id: newId(),
      pattern: source.path,
      path,
      identity: file.identity,
      head: await readHead(file),
      offset,
      plannedEnd: offset,
      isLineLeft: false,
      isRotated: false,
    })
  }

  async function isCopy(file: OpenLog, source: TailSource): Promise<boolean> {
    for (const { source: other, position } of logs) {
      const isLike = other === source && position.head.bytes > 0 && areNamedAlike(file.path, position.path)
      if (isLike && (await beginsWith(file, position.head))) return true
    }
    return false
  }

  async function save(): Promise<void> {
    const state = { begun: [...begun], files: logs.map(({ position }) => position) }
    const text = JSON.stringify(state)
    if (text === savedText) return
    await positions.save(state)
    savedText = text
  }

  /** Sends some of what is new. Is there more that could be? */
  async function sendSome(): Promise<boolean> {
    const sending: { readonly followed: FollowedLog; readonly block: NonNullable<FollowedLog['block']> }[] = []
    let bytes = 0
    for (const followed of logs) {
      if (bytes >= ROUND_BYTES) break
      const block = await nextBlock(followed)
      if (block !== undefined) sending.push({ followed, block })
      bytes += block?.bytes.length ?? 0
    }
    await save()
    const sent = await Promise.allSettled(
      sending.map(async ({ followed, block }) => {
        const receipt = await receive(block)
        confirm(followed)
        total.acceptedEvents += receipt.accepted
        total.rejectedLines += receipt.rejected
        total.clampedEvents += receipt.clamped
        total.sentBytes += block.bytes.length
      }),
    )
    const failed = sent.find((result) => result.status === 'rejected')
    total.refusedBlocks += sent.filter(({ status }) => status === 'rejected').length
    tellRefusal(failed?.reason)
    return sending.length > 0 && failed === undefined
  }

  /** Once, not each second. */
  function tellRefusal(error: unknown): void {
    if (error !== undefined && !isRefused) log.warn({ error }, 'lines of files are not taken; they are sent again')
    isRefused = error !== undefined
  }

  async function lookOnce(): Promise<void> {
    for (const source of sources) await lookAround(source)
    while (!isStopping && (await sendSome())) {}
    for (const followed of logs)
      if (!followed.isNamed && followed.isOver && isRead(followed)) await moveToCopy(followed)
    await save()
  }

  return {
    look() {
      looking = isStopping ? Promise.resolve() : lookOnce()
      return looking
    },
    counts: () => ({ followedLogs: logs.length, ...total }),
    async stop() {
      isStopping = true
      await looking.catch(() => {})
      await Promise.all(logs.map(({ log: file }) => file.close()))
    },
  }
}

function isRead({ position, sizeBytes }: FollowedLog): boolean {
  return position.offset >= sizeBytes
}

/** The file that the position is in, under its name or another one of its directory. */
async function findAgain(position: TailPosition): Promise<OpenLog | undefined> {
  const named = await openLog(position.path)
  if (named?.identity === position.identity) return named
  await named?.close()
  for (const file of await listFiles(allIn(position.path), SIBLINGS_MAX)) {
    if (file.identity !== position.identity) continue
    const found = await openLog(file.path)
    if (found !== undefined && (await beginsWith(found, position.head))) return found
    await found?.close()
  }
  return undefined
}

/** A file that holds what the position is in, and more or as much of it. */
async function findCopy(position: TailPosition, known: ReadonlySet<string>): Promise<OpenLog | undefined> {
  if (position.head.bytes === 0) return undefined
  for (const file of await listFiles(allIn(position.path), SIBLINGS_MAX)) {
    if (known.has(file.identity) || !areNamedAlike(file.path, position.path)) continue
    const copy = await openLog(file.path)
    if (copy === undefined) continue
    if ((await copy.sizeBytes()) >= position.plannedEnd && (await beginsWith(copy, position.head))) return copy
    await copy.close()
  }
  return undefined
}

function allIn(path: string): FilePattern {
  return { directory: dirname(path), matches: () => true }
}

/** `access.log` and `access.log.1`, `access.log-20261121`. */
function areNamedAlike(path: string, other: string): boolean {
  const [name, otherName] = [basename(path), basename(other)]
  return name.startsWith(otherName) || otherName.startsWith(name)
}

/** Where the last whole line ends. */
async function endOfLines(file: OpenLog): Promise<number> {
  const size = await file.sizeBytes()
  const from = Math.max(0, size - LINE_BYTES)
  const newline = (await file.read(from, size - from)).lastIndexOf(0x0a)
  return newline === -1 ? size : from + newline + 1
}

const LINE_BYTES = 128 * 1024
