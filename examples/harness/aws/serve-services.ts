import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Provision } from 'weir'
import { CallerDies } from './caller-dies.ts'

/** Where functions call the services of a test. */
export interface ServedServices {
  readonly url: string
  stop(): void
}

/** Lets functions of a local cloud call the services of a test, which are asked for at each call; `CallerDies` kills one. */
export async function serveServices(services: () => readonly Provision[]): Promise<ServedServices> {
  const server = createServer(async (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const answer = await call(services(), request, gone.signal).then(
      (result) => ({ result }),
      (error: Error) => (error instanceof CallerDies ? { death: error.death } : { error: error.message }),
    )
    response.end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function call(services: readonly Provision[], request: IncomingMessage, signal: AbortSignal): Promise<unknown> {
  const { service: name, method, args } = JSON.parse(await text(request))
  const found = services.find(({ service }) => service.name === name)
  if (!found) throw new Error(`The test provides no ${name}`)
  const implementation = found.implementation as Record<string, (...args: unknown[]) => unknown>
  const withSignal = args.map((each: object) => ('idempotencyKey' in each ? { ...each, signal } : each))
  return implementation[method]?.(...withSignal)
}
