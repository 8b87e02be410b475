import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { vi } from 'vitest'

/** What was asked of a service. */
export interface AwsCall {
  readonly action: string
  readonly input: Record<string, unknown>
}

export interface FakeAws {
  readonly calls: AwsCall[]
  close(): void
}

/**
 * Services of AWS that speak JSON and have no emulator: `answers` gives what each action answers,
 * or throws. The SDK finds it by the
 * environment, as it finds emulators.
 */
export async function fakeAws(
  services: readonly string[],
  answers: (call: AwsCall) => object | Promise<object>,
): Promise<FakeAws> {
  const calls: AwsCall[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const action = String(request.headers['x-amz-target']).split('.').at(-1) as string
    const call = { action, input: JSON.parse(Buffer.concat(chunks).toString() || '{}') }
    calls.push(call)
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    try {
      response.end(JSON.stringify(await answers(call)))
    } catch (error) {
      response.writeHead(400).end(JSON.stringify({ __type: 'ValidationException', message: String(error) }))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
  for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value)
  for (const service of services) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, url)
  return {
    calls,
    close: () => {
      vi.unstubAllEnvs()
      server.closeAllConnections()
      server.close()
    },
  }
}
