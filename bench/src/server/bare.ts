import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deposit } from '../definitions.ts'
import { report } from './report.ts'

/**
 * The least that a server can do with the same request: it parses the JSON and answers 201 with a body like Weir's; to
 * a GET, 200 with a document like Weir's.
 */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const isRead = request.method === 'GET'
    const body = JSON.stringify(isRead ? document(request.url ?? '') : made(Buffer.concat(chunks)))
    response
      .writeHead(isRead ? 200 : 201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body)
  })
})

function made(input: Buffer) {
  const { reference } = JSON.parse(input.toString())
  return { id: reference, version: 1 }
}

function document(path: string) {
  return { id: decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)), balance: deposit.amount, currency: 'EUR' }
}

server.listen(0, '127.0.0.1', () => {
  report(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('SIGTERM', () => process.exit(0))
