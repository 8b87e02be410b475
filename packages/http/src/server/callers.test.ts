import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import type { App } from 'weir'
import { boxOffice } from '../../test/box-office.ts'
import { cafe } from '../../test/cafe.ts'
import { type Answers, fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'
import { type Server, serve } from './server.ts'

const open: Server[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function start(app: App, answers: Answers = {}) {
  const { runtime, asked } = fakeRuntime(app, answers)
  const http = createHttpApp({ mounts: [{ base: '', runtime }], apiKeys: ['one-key', 'other-key'] })
  const server = await serve(http, { port: 0, hostname: '127.0.0.1' })
  open.push(server)
  return { server, asked }
}

test('nobody waits on for a caller who gives up', async () => {
  const waiting = Promise.withResolvers<AbortSignal>()
  const given = Promise.withResolvers<void>()
  const get: Answers['get'] = async (options) => {
    const signal = options?.signal as AbortSignal
    signal.addEventListener('abort', () => given.resolve())
    waiting.resolve(signal)
    await given.promise
    return { document: undefined, version: 0, consistency: 'timed-out' }
  }
  const { server } = await start(boxOffice, { get })
  const asking = request(`${server.url}/concerts/c-1`, { headers: { 'consistency-token': 't' } })
  asking.on('error', () => {}).end()
  const signal = await waiting.promise
  expect(signal.aborted).toBe(false)
  asking.destroy()
  await given.promise
  expect(signal.aborted).toBe(true)
})

describe('over sockets, a guarded route', () => {
  const send = async (port: number, headers: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST /orders HTTP/1.1\r\nHost: x\r\n${headers}\r\nConnection: close\r\n\r\n`)
    return text(socket)
  }

  test('answers before the body has come', async () => {
    const { server } = await start(cafe)
    expect(await send(server.port, 'Content-Type: application/json\r\nContent-Length: 500')).toMatch(/^HTTP\/1.1 401 /)
  })

  test('takes one key, however its header is written, and not two', async () => {
    const { server, asked } = await start(cafe)
    expect(await send(server.port, 'X-API-KEY:   one-key  \r\nContent-Length: 0')).toMatch(/^HTTP\/1.1 201 /)
    expect(await send(server.port, 'x-api-key: one-key\r\nx-api-key: other-key\r\nContent-Length: 0')).toMatch(
      /^HTTP\/1.1 403 /,
    )
    expect(asked.execute).toHaveLength(1)
  })

  test('takes no key of other letters', async () => {
    const { server } = await start(cafe)
    expect(await send(server.port, 'x-api-key: one-keyü\r\nContent-Length: 0')).toMatch(/^HTTP\/1.1 403 /)
  })
})
