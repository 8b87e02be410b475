import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Open } from '../peers/contender.ts'
import { report } from './report.ts'

/**
 * Commands of a peer over node:http: less than the web framework that its documentation takes. `peer.ts <place> <module>
 * <setting>`.
 */
const [place = '', module = '', setting = ''] = process.argv.slice(2)
const { open }: { open: Open } = await import(new URL(module, new URL('../peers/', import.meta.url)).href)
const contender = await open(place, setting)

async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const version = await contender.create(JSON.parse(Buffer.concat(chunks).toString()))
  const body = JSON.stringify({ version })
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}

const server = createServer((request, response) => {
  create(request, response).catch((error) => response.writeHead(500).end(String(error)))
})
server.listen(0, '127.0.0.1', () => report(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on('SIGTERM', () => process.exit(0))
