import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadRequestError } from './errors.ts'
import { type TokenContent, tokensOf } from './token.ts'
import { World } from './world.fixture.ts'

const COMMITS = 7
const world = await World.make()
for (let version = 0; version < COMMITS; version += 1) await world.raw('order-1', version, '[]')
const { engine } = world
const tokens = tokensOf(engine)
const other = tokensOf({ ...engine, storeId: 'another' })
const restored = tokensOf({ ...engine, epoch: 'another' })
const content: TokenContent = { streams: [{ stream: 'order-1', version: 3 }], position: '7' }

const codeOf = async (read: () => Promise<unknown>): Promise<string> => {
  try {
    await read()
    return 'none'
  } catch (error) {
    return error instanceof BadRequestError ? error.code : String(error)
  }
}

/** Joined tokens of so many streams each. */
const tokensFor = (count: number, streams: number): string => {
  const all = Array.from({ length: streams }, (_, index) => ({ stream: `order-${index}`, version: 1 }))
  return Array.from({ length: count }, () => tokens.write({ streams: all, position: '7' })).join(',')
}

const aggregateId = fc.stringMatching(/^[A-Za-z0-9._~:@-]{1,128}$/)
const stream = fc.tuple(fc.stringMatching(/^[a-z][a-zA-Z0-9]*$/), aggregateId).map((parts) => parts.join('-'))
const contents: fc.Arbitrary<TokenContent> = fc.record({
  streams: fc.array(fc.record({ stream, version: fc.nat() }), { minLength: 1, maxLength: 5 }),
  position: fc.nat(COMMITS).map(String),
})

describe('consistency tokens', () => {
  test('are read as they were written, one by one and joined', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(contents, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ', '),
        async (all, comma) => {
          expect(await tokens.read(all.map((each) => tokens.write(each)).join(comma))).toEqual(all)
        },
      ),
    )
  })

  test('may stand for a hundred streams in all', async () => {
    expect(await codeOf(() => tokens.read(tokensFor(2, 50)))).toBe('none')
    expect(await codeOf(() => tokens.read(tokensFor(100, 1)))).toBe('none')
  })

  test('that name more are refused before any of it is looked up', async () => {
    const events = Object.assign(Object.create(engine.events), { locate: () => expect.unreachable('it costs nothing') })
    const { read } = tokensOf({ ...engine, events })
    expect(await codeOf(() => read(tokensFor(1, 10_000)))).toBe('malformed-consistency-token')
    expect(await codeOf(() => read(tokensFor(2, 51)))).toBe('malformed-consistency-token')
  })

  test('are plain text that can stand in a header and a URL', async () => {
    expect(tokens.write(content)).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  test('of another store, or of the same one before a restore, are told from nonsense', async () => {
    expect(await codeOf(() => tokens.read(other.write(content)))).toBe('foreign-consistency-token')
    expect(await codeOf(() => tokens.read(restored.write(content)))).toBe('foreign-consistency-token')
    expect(await codeOf(() => tokens.read(other.write({ ...content, position: '0/1A:x' })))).toBe(
      'foreign-consistency-token',
    )
    expect(await codeOf(() => tokens.read(`${tokens.write(content)},${other.write(content)}`))).toBe(
      'foreign-consistency-token',
    )
  })

  test.each([
    ['nothing', ''],
    ['a word', 'latest'],
    ['an empty one among others', `${tokens.write(content)},`],
    ['a position that was not given out yet', tokens.write({ ...content, position: '8' })],
    ['a position of another engine', tokens.write({ ...content, position: 'x' })],
    ['a stream that is none', tokens.write({ ...content, streams: [{ stream: 'order', version: 1 }] })],
    ['a version that is none', tokens.write({ ...content, streams: [{ stream: 'order-1', version: -1 }] })],
    ['one without streams', tokens.write({ ...content, streams: [] })],
    ['one that was cut off', tokens.write(content).slice(0, 20)],
    ['too many', tokensFor(101, 1)],
    ['one for too many streams', tokensFor(1, 101)],
    ['several for too many streams in all', tokensFor(2, 51)],
  ])('%s is malformed', async (_, text) => {
    expect(await codeOf(() => tokens.read(text))).toBe('malformed-consistency-token')
  })

  test('whatever text comes, it is read or refused', async () => {
    const damaged = fc.tuple(contents, fc.nat(200), fc.string({ maxLength: 3 })).map(([each, place, text]) => {
      const token = tokens.write(each)
      return token.slice(0, place) + text + token.slice(place + 1)
    })
    const packed = fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString('base64url'))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), packed, damaged), async (text) => {
        expect(await codeOf(() => tokens.read(text))).toMatch(/^none$|-consistency-token$/)
      }),
    )
  })
})
