import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A collector that takes what is sent to it over OTLP/HTTP. */
export interface Collector {
  readonly endpoint: string
  /** The bodies that were posted to a path such as `/v1/traces`, as JSON text. */
  received(path: string): readonly string[]
}

export async function startCollector(): Promise<Collector> {
  const posts: { readonly path: string | undefined; readonly body: string }[] = []
  const server = createServer(async (request, response) => {
    posts.push({ path: request.url, body: await text(request) })
    response.setHeader('content-type', 'application/json').end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: (path) => posts.filter((post) => post.path === path).map(({ body }) => body),
  }
}
