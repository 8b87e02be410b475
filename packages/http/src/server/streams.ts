import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** How often it is looked whether a stream has begun that was asked for before the end, in milliseconds. */
const LOOK_EVERY = 20

/**
 * Answers that go on until the caller leaves: the function that is returned ends them. One that has not begun yet is
 * ended when it has: it may be the answer to a command, which is told first.
 */
export function streamsOf(server: Server): () => void {
  const open = new Set<ServerResponse>()
  server.prependListener('request', (request, response) => {
    if (!isForStream(request)) return
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  const endBegun = () => {
    for (const response of open) if (response.headersSent) response.end()
  }
  return () => {
    endBegun()
    const looking = setInterval(() => (open.size > 0 ? endBegun() : clearInterval(looking)), LOOK_EVERY)
    looking.unref()
  }
}

function isForStream({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'POST') && (headers.accept?.includes('text/event-stream') ?? false)
}
