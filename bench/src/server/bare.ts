import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { report } from './report.ts'

/**
 * The least that a server can do with the same request: it parses the JSON and answers 201 with a body like Weir's; to
 * a GET, 200.
 */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const isRead = request.method === 'GET'
    const { reference } = isRead ? { reference: 'read' } : JSON.parse(Buffer.concat(chunks).toString())
    const body = JSON.stringify({ id: reference, version: 1 })
    response
      .writeHead(isRead ? 200 : 201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body)
  })
})

server.listen(0, '127.0.0.1', () => {
  report(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('SIGTERM', () => process.exit(0))
