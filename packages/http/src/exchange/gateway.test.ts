import { describe, expect, test } from 'vitest'
import { reject } from 'weir'
import { BadRequestError, UnavailableError } from 'weir/runtime'
import { boxOffice } from '../../test/box-office.ts'
import { type Answers, fakeRuntime } from '../../test/fake-runtime.ts'
import { memoryLogger } from '../../test/memory-logger.ts'
import { createHttpApp } from '../app.ts'

async function request(answers: Answers, path = '/concerts', init: RequestInit = {}) {
  const { logger, lines } = memoryLogger()
  const { runtime } = fakeRuntime(boxOffice, answers)
  const http = createHttpApp({ mounts: [{ base: '', runtime }], logger })
  const answer = await http.request(path, { headers: { 'x-request-id': 'req-1' }, ...init })
  return { answer, body: await answer.text(), lines }
}

const throwing = (error: unknown): Answers => ({
  list: () => {
    throw error
  },
})

describe('what is thrown', () => {
  test('as a defect is logged with its stack, and not shown', async () => {
    const error = new Error('SECRET')
    const { answer, body, lines } = await request(throwing(error))
    expect(answer.status).toBe(500)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(JSON.parse(body)).toMatchObject({ code: 'internal-error', requestId: 'req-1' })
    expect(body).not.toContain('SECRET')
    expect(lines).toEqual([expect.objectContaining({ level: 'error', err: error, requestId: 'req-1', status: 500 })])
  })

  test('as anything but an error is a defect too', async () => {
    expect((await request(throwing('SECRET'))).answer.status).toBe(500)
    expect((await request(throwing(undefined))).answer.status).toBe(500)
  })

  test('because it cannot be done now says when to try again', async () => {
    const { answer, body, lines } = await request(throwing(new UnavailableError('SECRET', { retryAfter: 2.5 })))
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('3')
    expect(body).not.toContain('SECRET')
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', status: 503 })])
  })

  test('because of the caller is said to the caller', async () => {
    const { answer, body, lines } = await request(throwing(new BadRequestError('unknown-cursor', 'No such cursor')))
    expect(answer.status).toBe(400)
    expect(JSON.parse(body)).toEqual({
      type: 'urn:weir:problem:unknown-cursor',
      title: 'The request cannot be understood',
      status: 400,
      code: 'unknown-cursor',
      detail: 'No such cursor',
    })
    expect(lines[0]).not.toHaveProperty('err')
  })

  test('because a command cannot be recorded at once is the size of the command', async () => {
    const { answer, body } = await request(throwing(new BadRequestError('command-too-large', 'It has 500,000 bytes')))
    expect(answer.status).toBe(413)
    expect(JSON.parse(body)).toMatchObject({ code: 'command-too-large', detail: 'It has 500,000 bytes' })
  })
})

describe('one line is logged', () => {
  test('for a read, without what it looked for', async () => {
    const { lines } = await request({}, '/concerts?venue=Arena')
    expect(lines).toEqual([
      {
        level: 'debug',
        message: 'request answered',
        app: 'box-office',
        method: 'GET',
        path: '/concerts',
        status: 200,
        ms: expect.any(Number),
        requestId: 'req-1',
      },
    ])
  })

  test('for a write that is refused, with the reason', async () => {
    const { lines } = await request({ execute: () => ({ outcome: 'id-reused' }) }, '/concerts', { method: 'POST' })
    const code = 'idempotency-key-reused'
    expect(lines).toEqual([expect.objectContaining({ level: 'info', method: 'POST', status: 422, code })])
    const rejection = reject('sold-out', 'No tickets available')
    const no = await request({ execute: () => ({ outcome: 'rejected', rejection }) }, '/concerts', { method: 'POST' })
    expect(no.lines).toEqual([expect.objectContaining({ level: 'info', status: 409, code: 'sold-out' })])
  })

  test('for input that is not valid, without the input', async () => {
    const faults = [{ field: 'customerEmail', message: "'SECRET' is no address" }]
    const { lines } = await request({ execute: () => ({ outcome: 'invalid', faults }) }, '/concerts', {
      method: 'POST',
    })
    expect(lines).toEqual([expect.objectContaining({ status: 400, code: 'invalid-input' })])
    expect(JSON.stringify(lines)).not.toContain('SECRET')
  })

  test('for an address where nothing is', async () => {
    const { lines } = await request({}, '/nowhere')
    expect(lines).toEqual([expect.objectContaining({ level: 'debug', app: undefined, status: 404 })])
  })
})

describe('a request id', () => {
  const answered = async (id: string) => {
    const { answer } = await request({}, '/concerts', { headers: { 'x-request-id': id } })
    return answer.headers.get('x-request-id')
  }

  test('is taken over when it is sane, else made', async () => {
    expect(await answered('01J-abc/7:x')).toBe('01J-abc/7:x')
    for (const wrong of ['', 'with space', 'a\tb', 'x'.repeat(129), '<script>']) {
      expect(await answered(wrong)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    }
  })
})

test('every answer tells browsers not to guess its type', async () => {
  for (const path of ['/concerts', '/nowhere', '/docs', '/health']) {
    expect((await request({}, path)).answer.headers.get('x-content-type-options')).toBe('nosniff')
  }
})
