import type { Cursor, Position } from 'weir/ports'
import { EngineError } from 'weir/ports'

/**
 * Places in the feed. Each lane has its own: a page, and how many of its commits.
 *
 * 1. A place says that all pages before its own have been given, and so many commits of its own. Behind the last commit of
 *    a page stands the start of the next one: a page is whole when it is there.
 * 2. A cursor of a part of the feed says nothing of other lanes: their commits are not for its consumer.
 * 3. A position is a place behind commits, in the lanes that they are in.
 */
export interface Place {
  readonly page: number
  readonly offset: number
}

/** One for each lane; undefined: nothing is said of this one. */
export type Places = readonly (Place | undefined)[]

/** The position of an append that was not located: where it is, its streams tell. */
export const unlocated: Position = '*'

/** The start of a lane: pages are counted from 1. */
export const start: Place = { page: 1, offset: 0 }

const form = /^(?:\d{1,12}\.\d{1,9}|-)(?:,(?:\d{1,12}\.\d{1,9}|-)){0,1023}$/

export function writePlaces(places: Places): string {
  return places.map((place) => (place ? `${place.page}.${place.offset}` : '-')).join(',')
}

/** @throws EngineError when it is no cursor of this engine */
export function readCursor(cursor: Cursor | undefined, lanes: number): Places {
  if (cursor === undefined) return Array.from({ length: lanes }, () => start)
  const places = parsePlaces(cursor)
  if (places?.length === lanes) return places
  throw new EngineError(`${JSON.stringify(cursor)} is not a place in the feed of this store. Was it written by hand?`)
}

/** Undefined when a text is no place in the feed. */
export function parsePlaces(text: string): Places | undefined {
  if (!form.test(text) || !/\d/.test(text)) return undefined
  return text.split(',').map((each) => {
    if (each === '-') return undefined
    const [page, offset] = each.split('.').map(Number)
    return { page: page as number, offset: offset as number }
  })
}

/** Whether who stands at `cursor` has been given all that is before `position`, of the lanes that it reads. */
export function covers(cursor: Cursor | undefined, position: Position): boolean {
  const target = parsePlaces(position)
  if (!target) throw new EngineError(`${JSON.stringify(position)} has to be located before it is compared.`)
  return includes(readCursor(cursor, target.length), target)
}

/** Whether who stands at `cursor` has been given all that who stands at `other` has. */
export function isAtLeast(cursor: Cursor | undefined, other: Cursor | undefined): boolean {
  if (other === undefined || cursor === other) return true
  const theirs = parsePlaces(other)
  if (!theirs) return false
  const ours = cursor === undefined ? theirs.map(() => start) : parsePlaces(cursor)
  return ours?.length === theirs.length && includes(ours, theirs)
}

export function isBefore(one: Place, other: Place): boolean {
  return one.page < other.page || (one.page === other.page && one.offset < other.offset)
}

function includes(places: Places, target: Places): boolean {
  return target.every((place, lane) => {
    const own = places[lane]
    return !place || !own || !isBefore(own, place)
  })
}
