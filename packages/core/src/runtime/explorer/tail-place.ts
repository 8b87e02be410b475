import { createHmac } from 'node:crypto'
import type { Cursor, Engine } from '../../ports/index.ts'
import { BadRequestError } from '../errors.ts'

/**
 * How far somebody who watches has come: everything up to `cursor`, and of what is behind that each of these streams (by a
 * hash of its name) up to a version. A feed that is read again from a cursor gives the commits of a stream in the same
 * order, but those of different streams perhaps in another.
 */
export interface TailPlace {
  readonly cursor: Cursor
  readonly seen: ReadonlyMap<string, number>
}

/** Writes and reads places of one store. */
export interface TailPlaces {
  write(place: TailPlace): string
  /** @throws BadRequestError when it is no place of this store, or one of before a restore */
  read(text: string): TailPlace
}

const SEAL_BYTES = 12
const NAME_BYTES = 9

/** A cursor goes to the engine as it is, so only those are taken that this store has given out: a seal shows it. */
export function tailPlacesOf({ storeId, epoch }: Pick<Engine, 'storeId' | 'epoch'>): TailPlaces {
  const sealOf = (body: string) =>
    createHmac('sha256', `${storeId} ${epoch}`).update(body).digest().subarray(0, SEAL_BYTES).toString('base64url')
  return {
    write: ({ cursor, seen }) => {
      const body = Buffer.from(JSON.stringify([cursor, ...seen])).toString('base64url')
      return `${sealOf(body)}.${body}`
    },
    read: (text) => {
      const [seal, body = ''] = text.split('.')
      if (seal !== sealOf(body))
        throw new BadRequestError('malformed-cursor', 'Begin without Last-Event-ID: it is not one')
      const [cursor, ...seen] = JSON.parse(Buffer.from(body, 'base64url').toString())
      return { cursor, seen: new Map(seen) }
    },
  }
}

/** How a place names a stream. */
export function seenName(stream: string): string {
  return createHmac('sha256', 'stream').update(stream).digest().subarray(0, NAME_BYTES).toString('base64url')
}
