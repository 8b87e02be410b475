import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsError } from './aws-json.ts'

/** What a small service of AWS does, by action: `AWSEvents.PutEvents`. */
// biome-ignore lint/suspicious/noExplicitAny: each action has an input of its own, which clients of AWS send
export type Actions = Readonly<Record<string, (input: any) => unknown>>

export interface Endpoint {
  readonly url: string
  stop(): Promise<void>
}

/** Serves actions in the JSON protocol of AWS, on a free port of the loopback interface. */
export async function serveActions(actions: Actions): Promise<Endpoint> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const action = String(request.headers['x-amz-target'])
    const { status, body } = await answer(actions, action, Buffer.concat(chunks).toString())
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(actions: Actions, action: string, body: string): Promise<{ status: number; body: unknown }> {
  const serve = actions[action]
  if (!serve)
    return { status: 400, body: { __type: 'UnknownOperationException', message: `${action} is not served here.` } }
  try {
    return { status: 200, body: (await serve(JSON.parse(body || '{}'))) ?? {} }
  } catch (error) {
    if (error instanceof AwsError) return { status: 400, body: { __type: error.code, message: error.message } }
    return { status: 500, body: { __type: 'InternalServerError', message: String(error) } }
  }
}
