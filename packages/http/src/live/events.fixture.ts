/** An event of a stream, as a caller hears it. */
export interface HeardEvent {
  readonly event: string
  readonly id: string
  readonly data: unknown
}

/** Who listens to a stream of server-sent events. */
export class Listener {
  readonly answer: Response
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #text = ''

  constructor(answer: Response) {
    this.answer = answer
    this.#reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<HeardEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const lines = this.#text.slice(0, end).split('\n')
        this.#text = this.#text.slice(end + 2)
        if (lines.some((line) => line.startsWith('data:'))) return eventOf(lines)
        continue
      }
      const { done, value } = await this.#reader.read()
      if (done) return undefined
      this.#text += this.#decoder.decode(value, { stream: true })
    }
  }

  async leave(): Promise<void> {
    await this.#reader.cancel()
  }
}

function eventOf(lines: readonly string[]): HeardEvent {
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
  return { event: field('event'), id: field('id'), data: JSON.parse(field('data')) }
}
