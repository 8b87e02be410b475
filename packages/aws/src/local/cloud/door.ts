import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LocalCloudError } from '../errors.ts'
import type { Answerer } from '../http/gateway.ts'

/** The port of a local cloud. Until it is open, and when it was shut, it answers 503. */
export interface Door {
  readonly port: number
  readonly url: string
  open(answer: Answerer): void
  shut(): void
  close(): Promise<void>
}

/** @throws LocalCloudError when the port cannot be had */
export async function listen(port: number, host: string): Promise<Door> {
  let answer: Answerer | undefined
  const server = createServer((request, response) => {
    if (answer) return void answer(request, response).catch(() => response.destroy())
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
    response.end(JSON.stringify({ message: 'The local cloud is starting or stopping.' }))
  })
  // Long enough for what a function may take.
  server.requestTimeout = 0
  server.listen(port, host)
  await once(server, 'listening').catch((error) => {
    throw new LocalCloudError(explain(error, port, host), { cause: error })
  })
  const bound = (server.address() as AddressInfo).port
  const name = host === '127.0.0.1' ? 'localhost' : host
  return {
    port: bound,
    url: `http://${name}:${bound}`,
    open: (given) => {
      answer = given
    },
    shut: () => {
      answer = undefined
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function explain({ code, message }: NodeJS.ErrnoException, port: number, host: string): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use by another program. Stop that, or choose another with --port.`
  if (code === 'EACCES') return `Port ${port} needs rights that this user lacks. Choose one from 1024 with --port.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `This machine has no address ${host}.`
  return message
}
