import { expect, test } from 'vitest'
import { MessageReader, messagesIn } from './messages.ts'

const text =
  ':\n\n: still here\nid: 16\n\nevent: event\nid: 17\ndata: {"a":1}\n\nretry: 1000\n\nevent: skipped\ndata: {"count":\ndata: 3}\n\nevent: ev'
const expected = [
  { event: 'message', data: '', id: '16' },
  { event: 'event', data: '{"a":1}', id: '17' },
  { event: 'skipped', data: '{"count":\n3}', id: undefined },
]

test('messages are the same in whatever pieces they come', () => {
  for (const size of [1, 2, 7, text.length]) {
    const reader = new MessageReader()
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.slice(at * size, (at + 1) * size),
    )
    expect(pieces.flatMap((piece) => reader.read(piece))).toEqual(expected)
  }
})

test('a letter that is cut in two arrives whole', async () => {
  const bytes = new TextEncoder().encode('data: Zürich\n\n')
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  const found = []
  for await (const { data } of messagesIn(body)) found.push(data)
  expect(found).toEqual(['Zürich'])
})
