import type { Engine, Position } from '../ports/index.ts'
import { deriveId } from './derived-id.ts'
import { BadRequestError, fromStore } from './errors.ts'

/** A stream, as far as it had come. */
export interface StreamVersion {
  readonly stream: string
  readonly version: number
}

/** What a consistency token stands for: the streams that a command wrote to, and where in the feed that was reached. */
export interface TokenContent {
  readonly streams: readonly StreamVersion[]
  readonly position: Position
}

/** Makes and reads the consistency tokens of one store (G8). Positions are located when a token is read. */
export interface Tokens {
  write(content: TokenContent): string
  /**
   * Rejects with a BadRequestError when one of the joined tokens is malformed or of another store or epoch, and with an
   * UnavailableError when it cannot be found out.
   */
  read(joined: string): Promise<TokenContent[]>
}

const SEPARATOR = ' '
/** How many streams the tokens of one read may name in all: each costs the reader time. */
const MOST_STREAMS = 100

/**
 * Tokens are base64url of `<store> <position> <version> <stream>`, the last two once for each stream: opaque to callers,
 * bound to store and epoch.
 */
export function tokensOf(engine: Pick<Engine, 'storeId' | 'epoch' | 'events'>): Tokens {
  const store = deriveId('store', engine.storeId, engine.epoch).slice(0, 8)
  const parse = (token: string): TokenContent => {
    const [of = '', position = '', ...rest] = Buffer.from(token, 'base64url').toString('utf8').split(SEPARATOR)
    const named = pairs(rest)
    if (!/^[0-9a-f]{8}$/.test(of) || named.length === 0 || !named.every(isWellFormed)) throw malformed()
    if (of !== store) throw foreign()
    return { streams: named.map(([version, stream]) => ({ stream, version: Number(version) })), position }
  }
  const locate = async ({ streams, position: given }: TokenContent): Promise<TokenContent> => {
    const position = await fromStore(engine.events.locate(streams, given))
    if (position === undefined) throw malformed()
    return { streams, position }
  }
  return {
    write: ({ streams, position }) => {
      let text = store + SEPARATOR + position
      for (const { stream, version } of streams) text += SEPARATOR + version + SEPARATOR + stream
      return Buffer.from(text).toString('base64url')
    },
    read: async (joined) => {
      const tokens = joined.split(',', MOST_STREAMS + 1)
      if (tokens.length > MOST_STREAMS) throw malformed()
      const contents = tokens.map((token) => parse(token.trim()))
      if (contents.reduce((sum, { streams }) => sum + streams.length, 0) > MOST_STREAMS) throw malformed()
      return Promise.all(contents.map(locate))
    },
  }
}

function pairs(parts: readonly string[]): [version: string, stream: string][] {
  return parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : []))
}

function isWellFormed([version, stream]: readonly [string, string]): boolean {
  return /^\d{1,15}$/.test(version) && stream.includes('-')
}

const malformed = () =>
  new BadRequestError('malformed-consistency-token', 'The consistency token is not one: send it as it was answered')

const foreign = () =>
  new BadRequestError(
    'foreign-consistency-token',
    'The consistency token is of another store, or of one before a restore',
  )
