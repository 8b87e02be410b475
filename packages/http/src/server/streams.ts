import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** Answers that go on until the caller leaves: the function that is returned ends them. */
export function streamsOf(server: Server): () => void {
  const open = new Set<ServerResponse>()
  server.prependListener('request', (request, response) => {
    if (!isForStream(request)) return
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  return () => {
    for (const response of open) response.end()
  }
}

function isForStream({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept?.includes('text/event-stream') ?? false)
}
