/**
 * The log. An engine stores commits: what one atomic append wrote to one stream, with the events as one encoded text.
 * It knows nothing of the domain.
 *
 * 1. (G1) A `StreamAppend` group member is written whole or not at all, and only if every expectation in it holds.
 * 2. (G1) Members of one group are judged in order, each seeing those before it; one that fails does not harm others.
 * 3. (G3) When `append` resolves, all that it reports as appended is durable.
 * 4. (G2) `readFeed` gives the commits of a stream in version order, without gaps, each exactly once per cursor. Nothing
 *    but a writer that has not committed yet holds a commit back.
 * 5. (G6) A command id is recorded at most once in a store. A duplicate is reported before any conflict: it has its
 *    answer already.
 * 6. Names and ids are well-formed text without U+0000; who takes them from outside refuses others. Payloads and states
 *    are what `JSON.stringify` gives, and come back character for character.
 * 7. `streams` goes by the UTF-8 bytes of names, so that pages neither repeat nor skip what is there. Names of more than
 *    300 characters that begin alike are in an order of the engine's.
 * 8. Only commits of the feed have a position. Where others read the feed only a moment after an append, the position of
 *    an append says where it is when it is located (see `locate`).
 */
export interface EventStore {
  /** What one append may hold at most. Who makes appends keeps to it: a larger one is refused with an error. */
  readonly limits: AppendLimits
  /**
   * Appends a group in one durable write and reports on each member, in the order given. An empty group is harmless.
   * Rejects only when the storage itself fails; then nothing of the group is promised to be there or not there.
   */
  append(group: readonly Append[]): Promise<AppendResult[]>
  /**
   * Commits of one stream with events after version `after`, in order: `limit` commits, fewer only at the stream's end.
   * The first may begin at or before `after`, when `after` lies inside it.
   *
   * @param given leaves out what a consumer at this cursor, of the stream's part, has not been given
   */
  readStream(stream: string, after: number, limit: number, given?: Cursor): Promise<Commit[]>
  /**
   * The streams whose names begin with `prefix`, the last name first: at most `limit`, of those before the name `before`
   * if that is given. It costs what is listed, however much is in the store.
   */
  streams(prefix: string, before: string | undefined, limit: number): Promise<StreamHead[]>
  /**
   * The record of a command that was appended with this id, if any.
   *
   * @param streams that it may have written to, where they are known: by them a store finds what a restored index has lost
   */
  findCommand(commandId: string, streams?: readonly string[]): Promise<CommandRecord | undefined>
  /**
   * The records of commands, each once, in an order of the engine's: at most `limit`, and fewer only at the end; of those
   * behind the one with the id `after`, if that is given. An engine may leave out ids of more than 400 characters.
   */
  commands(after: string | undefined, limit: number): Promise<CommandRecord[]>
  /** The newest snapshot of a stream that was saved with this fingerprint. */
  loadSnapshot(stream: string, fingerprint: string): Promise<Snapshot | undefined>
  /** Replaces the stream's snapshot. May be lost in a crash: a snapshot only saves time. */
  saveSnapshot(stream: string, snapshot: Snapshot): Promise<void>
  /**
   * Commits after `cursor` (undefined: from the start), with the cursor to go on from: at most `limit`, and fewer when
   * their payloads are large, but at least one when any is waiting. The cursor may move although nothing is given.
   *
   * @param part leaves out the streams of all other parts; a cursor goes with the part that it was given for
   */
  readFeed(cursor: Cursor | undefined, limit: number, part?: FeedPart): Promise<FeedPage>
  /** The cursor behind the newest commit: a feed read from it gives only what is appended later, of any part. */
  feedEnd(): Promise<Cursor>
  /**
   * Whether a consumer that stands at `cursor` has been given the commit at `position`, if it is of its part.
   *
   * @param position of a commit of the feed, or one that was located
   */
  covers(cursor: Cursor | undefined, position: Position): boolean
  /**
   * The position of an append as `covers` takes it, with the streams that it wrote to and their versions after it;
   * undefined when this store has not given it out, to any process: tokens come from outside and may hold anything. One
   * that lies in the future is none, since readers would wait for it in vain.
   */
  locate(streams: readonly StreamHead[], position: Position): Promise<Position | undefined>
  /** About how many events lie up to a cursor, and in the whole store: for people who watch. It costs little. */
  progress(cursor: Cursor | undefined): Promise<Progress>
  /**
   * Calls back (never synchronously inside `append`'s caller) after commits have been appended, also by other processes
   * as far as the engine hears of them, and not after an append that only checks; returns unsubscribe.
   */
  onAppended(listener: () => void): () => void
}

/** What a stream must be for an append: at exactly this version, absent, present, or anything. */
export type Expectation = number | 'absent' | 'present' | 'any'

/** One atomic unit of a group: what is written to, or only expected of, each stream, and the commands it settles. */
export interface Append {
  readonly streams: readonly StreamAppend[]
  readonly commands: readonly CommandRecord[]
}

/** What one append may hold at most, and how many groups of them go at once. */
export interface AppendLimits {
  /** How many records of commands. */
  readonly commands: number
  /** How many streams, with those that it only checks. */
  readonly streams: number
  /** How many bytes all of its payloads, and the ids and hashes of its commands, have together, in UTF-8. */
  readonly text: number
  /** How many calls of `append` gain by being under way at once: a further one would only wait. */
  readonly groups: number
}

/** Of an engine that takes appends as large as they come. */
export const noLimits: AppendLimits = {
  commands: Number.POSITIVE_INFINITY,
  streams: Number.POSITIVE_INFINITY,
  text: Number.POSITIVE_INFINITY,
  groups: 1,
}

/** A stream's part in an append. With `count` 0 the stream is only checked. A stream occurs once in an append. */
export interface StreamAppend {
  readonly stream: string
  readonly expected: Expectation
  /** How many events `payload` holds. */
  readonly count: number
  /** The encoded events; empty when `count` is 0. */
  readonly payload: string
}

/** What is kept of a command that carried a key, so that a retry gets the same answer (G6). */
export interface CommandRecord {
  readonly commandId: string
  readonly stream: string
  /** The stream's version after the command. */
  readonly version: number
  /** How many events it appended to its own stream; they end at `version`. */
  readonly count: number
  /** A hash of the command's input: the same id with another hash is a misused key. */
  readonly hash: string
}

export type AppendResult =
  /**
   * `versions`: of each stream of the append, after it, in the order given. `position`: of the newest commit that it
   * wrote; if it wrote none, one behind everything that is in the store. It is to be located before it is compared.
   */
  | { readonly outcome: 'appended'; readonly versions: readonly number[]; readonly position: Position }
  /** The first expectation that did not hold. */
  | { readonly outcome: 'conflict'; readonly stream: string; readonly version: number }
  /** A command id that is recorded already. */
  | { readonly outcome: 'duplicate'; readonly commandId: string }

/** What one append wrote to one stream. */
export interface Commit {
  readonly stream: string
  /** The version of its first event, from 1. */
  readonly version: number
  readonly count: number
  readonly payload: string
}

/** A commit as the feed gives it. */
export interface FeedCommit extends Commit {
  readonly position: Position
}

/** A stream, and the version of its last event. */
export interface StreamHead {
  readonly stream: string
  readonly version: number
}

/** A consumer's opaque place in the feed. */
export type Cursor = string

/** An opaque place in the feed, of a commit or behind one: what consistency tokens carry. */
export type Position = string

/** The streams of one partition, of so many: see `partitionOf`. */
export interface FeedPart {
  readonly partition: number
  readonly of: number
}

export interface FeedPage {
  readonly commits: readonly FeedCommit[]
  readonly cursor: Cursor
  /** Whether more was waiting when the page was read. */
  readonly more: boolean
}

/** Numbers of events. */
export interface Progress {
  readonly done: number
  readonly total: number
}

export interface Snapshot {
  readonly version: number
  readonly fingerprint: string
  readonly state: string
}
