/** A message of a stream of server-sent events; a heartbeat that says how far one has come has no data. */
export interface Message {
  readonly event: string
  readonly data: string
  /** What to send as Last-Event-ID to go on behind it. */
  readonly id: string | undefined
}

/** Puts messages together from the pieces in which they come. What has neither data nor an id is none. */
export class MessageReader {
  #rest = ''

  read(piece: string): Message[] {
    const blocks = (this.#rest + piece).split(/\r?\n\r?\n/)
    this.#rest = blocks.pop() ?? ''
    return blocks.map(messageOf).filter((message) => message !== undefined)
  }
}

/** Reads messages until the stream ends. */
export async function* messagesIn(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const reader = new MessageReader()
  const decoder = new TextDecoder()
  for await (const bytes of chunksOf(body)) yield* reader.read(decoder.decode(bytes, { stream: true }))
}

/** Safari cannot iterate streams. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
}

function messageOf(block: string): Message | undefined {
  const fields = block.split(/\r?\n/).map((line) => /^(\w+):? ?(.*)$/.exec(line))
  const valuesOf = (name: string) => fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []))
  const data = valuesOf('data')
  const id = valuesOf('id').at(-1)
  if (data.length === 0 && id === undefined) return undefined
  return { event: valuesOf('event').at(-1) ?? 'message', data: data.join('\n'), id }
}
