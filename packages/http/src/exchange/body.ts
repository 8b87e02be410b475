import type { IncomingMessage } from 'node:http'
import { type Problem, problem } from '../problems/problem.ts'
import type { Exchange } from './exchange.ts'

const EMPTY = Buffer.alloc(0)

/** Reads the whole body, but never more than `limit` bytes, whatever `content-length` says. */
export function readBody(exchange: Exchange, limit: number): Promise<Buffer | Problem> {
  const announced = exchange.header('content-length')
  if (announced !== undefined && Number(announced) > limit) return Promise.resolve(tooLarge(limit))
  return exchange.incoming ? readIncoming(exchange.incoming, limit) : readWeb(exchange.request.raw, limit)
}

/** The rest of a body that is too large is not worth reading: the connection ends with the answer. */
function tooLarge(limit: number): Problem {
  return problem('body-too-large', { detail: `At most ${limit} bytes are taken.`, headers: { connection: 'close' } })
}

function readIncoming(incoming: IncomingMessage, limit: number): Promise<Buffer | Problem> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else {
        incoming.off('data', onData).pause()
        resolve(tooLarge(limit))
      }
    }
    incoming.on('data', onData)
    incoming.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    incoming.on('close', () => {
      if (!incoming.readableEnded) resolve(problem('incomplete-body'))
    })
    if (incoming.destroyed) resolve(problem('incomplete-body'))
  })
}

async function readWeb(request: Request, limit: number): Promise<Buffer | Problem> {
  if (!request.body) return EMPTY
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    size += value.length
    if (size > limit) {
      await reader.cancel()
      return tooLarge(limit)
    }
    chunks.push(value)
  }
}
