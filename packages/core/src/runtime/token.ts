import type { Engine, Position } from '../ports/index.ts'
import { deriveId } from './derived-id.ts'
import { BadRequestError } from './errors.ts'

/** What a consistency token stands for: a stream at a version, and where in the feed that was reached. */
export interface TokenContent {
  readonly stream: string
  readonly version: number
  readonly position: Position
}

/** Makes and reads the consistency tokens of one store (G8). */
export interface Tokens {
  write(content: TokenContent): string
  /** @throws BadRequestError when one of the joined tokens is malformed or of another store or epoch */
  read(joined: string): TokenContent[]
}

const SEPARATOR = ' '
const AT_MOST = 100

/** Tokens are base64url of `<store> <position> <version> <stream>`: opaque to callers, bound to store and epoch. */
export function tokensOf(engine: Pick<Engine, 'storeId' | 'epoch' | 'events'>): Tokens {
  const store = deriveId('store', engine.storeId, engine.epoch).slice(0, 8)
  const readOne = (token: string): TokenContent => {
    const parts = Buffer.from(token, 'base64url').toString('utf8').split(SEPARATOR)
    const [of, position = '', version = '', stream = ''] = parts
    const wellFormed = parts.length === 4 && /^\d{1,15}$/.test(version) && stream.includes('-')
    if (!wellFormed || !engine.events.isPosition(position)) throw malformed()
    if (of !== store) throw foreign()
    return { stream, version: Number(version), position }
  }
  return {
    write: ({ stream, version, position }) =>
      Buffer.from([store, position, version, stream].join(SEPARATOR)).toString('base64url'),
    read: (joined) => {
      const tokens = joined.split(',').map((token) => token.trim())
      if (tokens.length > AT_MOST) throw malformed()
      return tokens.map(readOne)
    },
  }
}

const malformed = () =>
  new BadRequestError('malformed-consistency-token', 'The consistency token is not one: send it as it was answered')

const foreign = () =>
  new BadRequestError(
    'foreign-consistency-token',
    'The consistency token is of another store, or of one before a restore',
  )
