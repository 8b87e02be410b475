/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  readonly event: string
  readonly id: string
  readonly data: string
}

/**
 * Reads server-sent events as they come in. Comments are passed over.
 *
 * @param onBytes called whenever anything comes, comments too
 */
export async function* serverSentEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<ServerSentEvent, void> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes()
      text += decoder.decode(value, { stream: true })
      const blocks = text.split(/\r?\n\r?\n/)
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const { event, id, data } = fieldsOf(block)
        if (data !== undefined) yield { event: event ?? 'message', id: id ?? '', data }
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function fieldsOf(block: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ''] = /^([a-z]+)(?:: ?(.*))?$/.exec(line) ?? []
    if (name !== undefined)
      fields[name] = name === 'data' && fields.data !== undefined ? `${fields.data}\n${value}` : value
  }
  return fields
}
