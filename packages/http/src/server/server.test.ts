import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { type Answers, accepted, fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'
import { type Server, serve } from './server.ts'

const open: Server[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function start(answers: Answers & { execute?: never } = {}, closeTimeout = 5000) {
  const { runtime, asked } = fakeRuntime(boxOffice, answers)
  const http = createHttpApp({ mounts: [{ base: '', runtime }], bodyLimit: 1000 })
  const server = await serve(http, { port: 0, hostname: '127.0.0.1', closeTimeout })
  open.push(server)
  return { server, runtime, asked }
}

/** Writes raw bytes and answers all that comes back until the connection ends. */
function exchange(port: number, ...writes: (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  for (const bytes of writes) socket.write(bytes)
  return text(socket)
}

const post = (headers: string, body: string) => `POST /concerts HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`
const JSON_TYPE = 'Content-Type: application/json'

describe('a server', () => {
  test('answers over sockets as it does without', async () => {
    const { server, asked } = await start()
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    const body = JSON.stringify({ name: 'Ölaf', __proto__: null })
    const headers = { 'content-type': 'application/json', 'x-request-id': 'req-1' }
    const answer = await fetch(`${server.url}/concerts`, { method: 'POST', headers, body })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('consistency-token')).toBe('token-of-c-1')
    expect(answer.headers.get('x-request-id')).toBe('req-1')
    expect(await answer.json()).toEqual({ id: 'c-1', version: 1 })
    expect(asked.execute).toEqual([{ id: undefined, input: { name: 'Ölaf' }, options: { correlationId: 'req-1' } }])
  })

  test('takes many requests over one connection, one after the other', async () => {
    const { server, asked } = await start()
    const one = post(`${JSON_TYPE}\r\nContent-Length: 2`, '{}')
    const answers = await exchange(
      server.port,
      one + one,
      post(`${JSON_TYPE}\r\nContent-Length: 2\r\nConnection: close`, '{}'),
    )
    expect(answers.match(/HTTP\/1.1 201/g)).toHaveLength(3)
    expect(asked.execute).toHaveLength(3)
  })

  test('reads a body that comes in pieces', async () => {
    const { server, asked } = await start()
    const chunk = (data: string) => `${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`
    const head = post(`${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\nConnection: close`, '')
    await exchange(server.port, head, chunk('{"name":'), chunk('"Ölaf"}'), chunk(''))
    expect(asked.execute[0]?.input).toEqual({ name: 'Ölaf' })
  })

  test('refuses a body that is too large, and ends the connection', async () => {
    const { server, asked } = await start()
    const announced = await exchange(server.port, post(`${JSON_TYPE}\r\nContent-Length: 5000`, ''))
    const chunks = `400\r\n${'x'.repeat(1024)}\r\n`.repeat(4)
    const unannounced = await exchange(server.port, post(`${JSON_TYPE}\r\nTransfer-Encoding: chunked`, chunks))
    for (const answer of [announced, unannounced]) {
      expect(answer).toMatch(/^HTTP\/1.1 413 /)
      expect(answer).toMatch(/connection: close/i)
      expect(answer).toContain('body-too-large')
    }
    expect(asked.execute).toEqual([])
  })

  test('survives callers that leave in the middle', async () => {
    const { server, asked } = await start()
    const socket = connect(server.port, '127.0.0.1')
    socket.write(post(`${JSON_TYPE}\r\nContent-Length: 100`, '{"name":'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.resetAndDestroy()
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    expect(asked.execute).toEqual([])
  })

  test('answers a request that it cannot read with a problem too', async () => {
    const { server } = await start()
    const answer = await exchange(server.port, 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('application/problem+json')
    expect(await exchange(server.port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
  })

  test('answers HEAD without a body', async () => {
    const { server } = await start()
    const answer = await exchange(server.port, 'HEAD /concerts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
    expect(answer).toMatch(/\r\n\r\n$/)
  })

  test('takes a thousand callers at once', async () => {
    const { server, asked } = await start()
    const buy = () => exchange(server.port, post(`${JSON_TYPE}\r\nContent-Length: 2\r\nConnection: close`, '{}'))
    const answers = await Promise.all(Array.from({ length: 1000 }, buy))
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 201 '))).toHaveLength(1000)
    expect(asked.execute).toHaveLength(1000)
  })
})

describe('a server that closes', () => {
  /** A runtime whose commands wait until they are released. */
  async function startSlow(closeTimeout?: number) {
    const { server, runtime } = await start({}, closeTimeout)
    const release = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    Object.assign(runtime, {
      execute: async () => {
        begun.resolve()
        await release.promise
        return accepted
      },
    })
    return { server, begun: begun.promise, release: release.resolve }
  }

  const send = (server: Server, agent: Agent) => {
    const headers = { 'content-type': 'application/json' }
    const sent: ClientRequest = request(`${server.url}/concerts`, { method: 'POST', headers, agent })
    const answer = new Promise<IncomingMessage>((resolve, reject) => sent.on('response', resolve).on('error', reject))
    sent.end('{}')
    return answer
  }

  test('finishes what is under way, and takes nothing new', async () => {
    const { server, begun, release } = await startSlow()
    const agent = new Agent({ keepAlive: true })
    const answer = send(server, agent)
    await begun
    const closed = server.close()
    await expect(fetch(`${server.url}/health`)).rejects.toThrow()
    release()
    const { statusCode } = await answer.then((incoming) => incoming.resume())
    expect(statusCode).toBe(201)
    await closed
    agent.destroy()
  })

  test('does not wait for connections that are idle', async () => {
    const { server } = await start({}, 60_000)
    const agent = new Agent({ keepAlive: true })
    const answer = new Promise<IncomingMessage>((resolve) => request(`${server.url}/health`, { agent }, resolve).end())
    await text(await answer)
    const before = performance.now()
    await server.close()
    expect(performance.now() - before).toBeLessThan(2000)
    agent.destroy()
  })

  test('cuts off what does not end', async () => {
    const { server, begun } = await startSlow(100)
    const agent = new Agent({ keepAlive: true })
    const answer = send(server, agent)
    await begun
    await Promise.all([server.close(), expect(answer).rejects.toThrow()])
    agent.destroy()
  })

  test('may be closed twice', async () => {
    const { server } = await start()
    await Promise.all([server.close(), server.close()])
    await server.close()
  })
})

describe('a port that cannot be had', () => {
  test('because it is in use is explained', async () => {
    const { server } = await start()
    const http = createHttpApp({ mounts: [] })
    await expect(serve(http, { port: server.port, hostname: '127.0.0.1' })).rejects.toThrow(
      `Port ${server.port} is in use: stop what listens there, or set PORT to another one`,
    )
  })

  test('because the address is elsewhere is explained', async () => {
    const http = createHttpApp({ mounts: [] })
    await expect(serve(http, { port: 0, hostname: '192.0.2.1' })).rejects.toThrow(/does not have the address/)
  })
})
