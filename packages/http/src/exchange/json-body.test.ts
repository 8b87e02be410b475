import { describe, expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

async function post(
  body: RequestInit['body'],
  headers: Record<string, string> = { 'content-type': 'application/json' },
) {
  const { runtime, asked } = fakeRuntime(boxOffice)
  const http = createHttpApp({ mounts: [{ base: '', runtime }], bodyLimit: 1000 })
  const answer = await http.request('/concerts', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
  const { code, detail } = (await answer.json()) as { code?: string; detail?: string }
  return { status: answer.status, code, detail, input: asked.execute[0]?.input }
}

describe('a body is taken', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/vnd.box-office+json',
  ])('as %s', async (type) => {
    expect(await post('{"name":"Ölaf"}', { 'content-type': type })).toMatchObject({
      status: 201,
      input: { name: 'Ölaf' },
    })
  })

  test('also when there is none: it counts as {}', async () => {
    expect(await post(null, {})).toMatchObject({ status: 201, input: {} })
    expect(await post('')).toMatchObject({ status: 201, input: {} })
  })

  test('without keys that some code would take for prototypes', async () => {
    for (const body of [
      '{"__proto__":{"admin":true},"name":"x"}',
      '{"\\u005f_proto__":{"admin":true},"name":"x"}',
      '{"nested":{"__proto__":{"admin":true}},"name":"x"}',
    ]) {
      const { status, input } = await post(body)
      expect(status).toBe(201)
      expect(Object.hasOwn(input as object, '__proto__')).toBe(false)
      expect(JSON.stringify(input)).not.toContain('admin')
      expect(({} as { admin?: boolean }).admin).toBeUndefined()
    }
  })

  test('but a text that merely mentions them stays whole', async () => {
    expect((await post('{"name":"__proto__"}')).input).toEqual({ name: '__proto__' })
  })
})

describe('a body is refused', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=latin1',
    'multipart/form-data',
  ])('as %s', async (type) => {
    const { status, code, detail } = await post('{}', { 'content-type': type })
    expect({ status, code }).toEqual({ status: 415, code: 'unsupported-media-type' })
    expect(detail).toContain(`'${type}': send application/json`)
    expect(detail).toContain('UTF-8')
  })

  test('without a type', async () => {
    const { status, detail } = await post(new TextEncoder().encode('{}'), {})
    expect({ status, detail }).toEqual({
      status: 415,
      detail: expect.stringMatching(/no Content-Type: send application/),
    })
  })

  test('when it is compressed', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const { status, detail } = await post('{}', headers)
    expect({ status, detail }).toEqual({ status: 415, detail: expect.stringMatching(/'gzip'.*without compression/) })
  })

  test.each(['{', '{"a":}', 'nothing', "{'a':1}", '{}{}', '\u0000'])('when it is not JSON: %j', async (body) => {
    expect(await post(body)).toMatchObject({ status: 400, code: 'malformed-json', input: undefined })
  })

  test('when it is not UTF-8', async () => {
    expect(await post(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({ status: 400, code: 'malformed-json' })
  })

  test('when it is nested so deep that walking it would overflow the stack', async () => {
    expect(await post('['.repeat(400) + ']'.repeat(400))).toMatchObject({ status: 400, code: 'malformed-json' })
  })

  test('when it is larger than the limit, whatever its length header says', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(1000) })
    const type = { 'content-type': 'application/json' }
    expect(await post(large)).toMatchObject({ status: 413, code: 'body-too-large' })
    expect((await post(large, { ...type, 'content-length': '10' })).status).toBe(413)
    expect((await post('{}', { ...type, 'content-length': '1001' })).status).toBe(413)
    const chunks = ReadableStream.from(Array.from({ length: 10 }, () => new TextEncoder().encode('x'.repeat(101))))
    expect((await post(chunks as ReadableStream<Uint8Array<ArrayBuffer>>)).status).toBe(413)
  })
})
