import { once } from 'node:events'
import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands before DynamoDB, and refuses requests as an overloaded table does. */
export interface Throttle {
  readonly url: string
  /**
   * @param share of the requests that are refused, from 0 (none) to 1 (all)
   * @param error such as `ThrottlingException`
   */
  set(share: number, error?: string): void
  /** How many requests were refused. */
  readonly refused: number
  stop(): Promise<void>
}

/** @param chance gives numbers from 0 to 1, which decide about requests */
export async function startThrottle(endpoint: string, chance: () => number = Math.random): Promise<Throttle> {
  const agent = new Agent({ keepAlive: true })
  let share = 0
  let error = ''
  let refused = 0
  const server = createServer((request, response) => {
    if (chance() >= share) return pass(request, response, endpoint, agent)
    refused++
    request.resume()
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${error}`, message: 'Too many requests.' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (given, name = 'ProvisionedThroughputExceededException') => {
      share = given
      error = name
    },
    get refused() {
      return refused
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}

function pass(request: IncomingMessage, response: ServerResponse, endpoint: string, agent: Agent): void {
  const { method, headers, url = '/' } = request
  const onward = forward(new URL(url, endpoint), { method, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}
