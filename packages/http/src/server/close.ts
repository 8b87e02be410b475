import type { Server } from 'node:http'

const LOOK_EVERY = 20

/** Closes a server: nothing new, what is idle at once, what is under way when it is done or after `timeout` milliseconds. */
export function closeGracefully(server: Server, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    server.prependListener('request', (_, response) => response.setHeader('connection', 'close'))
    const idle = setInterval(() => server.closeIdleConnections(), LOOK_EVERY)
    const force = setTimeout(() => server.closeAllConnections(), timeout)
    server.close(() => {
      clearInterval(idle)
      clearTimeout(force)
      resolve()
    })
    server.closeIdleConnections()
  })
}
