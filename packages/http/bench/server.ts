import { createServer } from 'node:http'
import { createHttpApp, createLogger, serve } from '@weir/http'
import { aggregate, app } from 'weir'
import type { Outcome, Runtime } from 'weir/runtime'
import * as z from 'zod'

/** A server to be measured, in its own process: `node server.ts bare|weir`. It tells its port and, when asked, its CPU time. */

const Concert = aggregate('concert', { events: {}, initialState: 0 })
  .evolve({})
  .commands({ schedule: { input: z.object({ name: z.string() }), decide: () => undefined } })

const token = 'OTJiYzkzOGYgMSAxIGNvbmNlcnQtMjhkMDRlYjktY2ZlYS01YjZjLWFmNzQtNDhjNzAwNjcwOWNh'

/** Answers at once: what is measured is HTTP alone. */
const runtime = {
  app: app('bench', { routes: { 'POST /concerts': Concert.commands.schedule } }),
  execute: async (): Promise<Outcome> => ({
    outcome: 'accepted',
    id: '28d04eb9-cfea-5b6c-af74-48c7006709ca',
    version: 1,
    events: [],
    state: undefined,
    token,
    repeated: false,
  }),
} as unknown as Runtime

function bare(): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const input = JSON.parse(Buffer.concat(chunks).toString()) as { name: string }
      const body = JSON.stringify({ id: '28d04eb9-cfea-5b6c-af74-48c7006709ca', version: input.name.length })
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      response.end(body)
    })
  })
  return new Promise((resolve) => {
    server.listen({ port: 0, backlog: 8192 }, () => resolve((server.address() as { port: number }).port))
  })
}

async function weir(): Promise<number> {
  const http = createHttpApp({ mounts: [{ base: '', runtime }], logger: createLogger() })
  return (await serve(http, { port: 0 })).port
}

const port = process.argv[2] === 'bare' ? await bare() : await weir()
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit())
process.send?.({ port })
