/** An answer that goes on ends by itself after this time without news, in milliseconds: the gateway waits for 30 s at most. */
const LONGEST_STREAM = 20_000

/** What changes together is told together: an answer that has told something ends so many milliseconds later. */
const GATHER = 50

/** So that browsers come again at once (they wait for some seconds else). What is no EventSource may not know the field. */
const comeAgain = 'retry: 100\n\n'

/**
 * The whole body of an answer. The gateway sends nothing before an answer has ended: so a stream of server-sent events ends
 * as soon as it has told something, and after 20 s without news; who comes again with `Last-Event-ID` is told what has
 * changed since.
 */
export async function wholeBody(response: Response, method: string): Promise<Buffer<ArrayBuffer>> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  if (!response.body || !isStream) return Buffer.from(await response.arrayBuffer())
  return Buffer.concat([Buffer.from(method === 'GET' ? comeAgain : ''), ...(await gathered(response.body))])
}

async function gathered(body: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  const end = Promise.withResolvers<'end'>()
  let timer = setTimeout(end.resolve, LONGEST_STREAM, 'end')
  let hasTold = false
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), end.promise])
      if (next === 'end' || next.done) return chunks
      chunks.push(next.value)
      if (hasTold || !tells(next.value)) continue
      hasTold = true
      clearTimeout(timer)
      timer = setTimeout(end.resolve, GATHER, 'end')
    }
  } finally {
    clearTimeout(timer)
    await reader.cancel()
  }
}

/** Whether there is an event in it: comments keep a connection, and tell nothing. */
function tells(chunk: Uint8Array): boolean {
  return /^data:/m.test(Buffer.from(chunk).toString('latin1'))
}
