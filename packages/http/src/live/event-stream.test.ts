import { expect, test } from 'vitest'
import { type EventSource, eventStream, Waker } from './event-stream.ts'

/** A stream whose source answers as told, and how often its caller was said to have left. */
function opened(next: EventSource['next']) {
  const waker = new Waker()
  let left = 0
  const leave = () => {
    left += 1
  }
  const reader = eventStream('hello', { next, heartbeat: () => ': beat\n\n', leave }, waker).getReader()
  return { waker, reader, left: () => left }
}

const textOf = (value: Uint8Array | undefined) => new TextDecoder().decode(value)

test('a stream greets, and then gives what its source has', async () => {
  const { reader } = opened(() => new TextEncoder().encode('data: 1\n\n'))
  expect(textOf((await reader.read()).value)).toBe(': hello\n\n')
  expect(textOf((await reader.read()).value)).toBe('data: 1\n\n')
})

test('what comes while nobody waits for it is not missed', async () => {
  const told = ['data: 1\n\n']
  const { reader, waker } = opened(async () => {
    // It comes when the source has just said that there is nothing.
    if (told.length === 1) queueMicrotask(() => waker.wake())
    const [text] = told.length === 1 && told.push('') ? [] : told
    return text === undefined ? undefined : new TextEncoder().encode(text)
  })
  await reader.read()
  expect(textOf((await reader.read()).value)).toBe('data: 1\n\n')
})

test('who reads a stream that fails is told, and has left', async () => {
  const { reader, left } = opened(() => Promise.reject(new Error('disk full')))
  await reader.read().catch(() => {})
  await expect(reader.read()).rejects.toThrow('disk full')
  expect(left()).toBe(1)
})

test('who goes while the source is asked has left once', async () => {
  const asked = Promise.withResolvers<Uint8Array>()
  const { reader, left } = opened(() => asked.promise)
  await reader.read()
  await reader.cancel()
  asked.resolve(new Uint8Array())
  await asked.promise
  await new Promise<void>((resolve) => setImmediate(resolve))
  expect(left()).toBe(1)
})
