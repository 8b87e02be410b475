import { describe, expect, test } from 'vitest'
import type { DeadLetter } from 'weir/runtime'
import { boxOffice } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

const letter = (stream: string, version: number, document?: string): DeadLetter => ({
  consumer: 'concerts',
  kind: 'projection',
  stream,
  version,
  document,
  timer: undefined,
  error: 'It failed',
  attempts: 1,
  since: '2030-01-01T00:00:00.000Z',
})

const all = [letter('a', 2), letter('a', 10, 'x'), letter('a', 10, 'y'), letter('b', 1), letter('ü', 1)]

describe('dead letters, page by page', () => {
  let letters = all
  const asked: unknown[] = []
  const deadLetters = async (consumer?: string) => {
    asked.push(consumer)
    return letters
  }
  const completed: number[] = []
  const withEvents = async (page: readonly DeadLetter[]) => {
    completed.push(page.length)
    return page.map((each) => ({ ...each, event: undefined }))
  }
  const { runtime } = fakeRuntime(boxOffice, { operations: { deadLetters, withEvents } })
  const http = createHttpApp({ mounts: [{ base: '', runtime }], readerKeys: ['key'] })
  const read = async (path: string) => {
    const answer = await http.request(path, { headers: { 'x-operator-key': 'key' } })
    const next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
    const body = (await answer.json()) as DeadLetter[]
    return { status: answer.status, body, next }
  }
  const at = '/ops/box-office/dead-letters'
  const named = (page: DeadLetter[]) =>
    page.map(({ stream, version, document }) => `${stream}@${version}${document === undefined ? '' : `(${document})`}`)

  const turn = async (path: string, between?: () => void) => {
    const pages: string[][] = []
    for (let next: string | undefined = path; next !== undefined; between?.()) {
      const page = await read(next)
      pages.push(named(page.body))
      next = page.next
    }
    return pages
  }

  test('are all there once, in order, and the last page leads nowhere', async () => {
    letters = [...all].reverse()
    const expected = [['a@2', 'a@10(x)'], ['a@10(y)', 'b@1'], ['ü@1']]
    expect(await turn(`${at}?consumer=concerts&limit=2`)).toEqual(expected)
    expect(new Set(asked)).toEqual(new Set(['concerts']))
    expect(await turn(at)).toEqual([expected.flat()])
    expect(await turn(`${at}?limit=5`)).toEqual([expected.flat()])
  })

  test('are read with the events of the page alone, however many there are', async () => {
    letters = Array.from({ length: 10_000 }, (_, index) => letter(`s${index}`, 1))
    completed.length = 0
    await read(`${at}?limit=3`)
    expect(completed).toEqual([3])
  })

  test('are told apart where one is of the document whose id is empty', async () => {
    letters = [letter('a', 2, ''), letter('a', 2), letter('a', 2, 'x')]
    expect((await turn(`${at}?limit=1`)).flat()).toEqual(['a@2', 'a@2()', 'a@2(x)'])
  })

  test('are not skipped when those of the page before are gone', async () => {
    letters = all
    const drop = () => {
      letters = letters.slice(2)
    }
    expect(await turn(`${at}?limit=2`, drop)).toEqual([['a@2', 'a@10(x)'], ['a@10(y)', 'b@1'], ['ü@1']])
  })

  test.each(['limit=0', 'limit=1001', 'limit=1e2', 'limit=', 'limit=1&limit=2', 'offset=1', 'consumer=a&consumer=b'])(
    'are not given for %s',
    async (query) => {
      const { status, body } = await read(`${at}?${query}`)
      const [field] = query.split('=')
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'invalid-query', errors: [{ field }] } })
    },
  )

  test.each(['', '!', 'YQ==', 'x'])('are not given from the cursor %j on', async (cursor) => {
    expect(await read(`${at}?cursor=${encodeURIComponent(cursor)}`)).toMatchObject({
      status: 400,
      body: { code: 'malformed-cursor' },
    })
  })

  test('are not given for a query that cannot be decoded', async () => {
    expect(await read(`${at}?consumer=%zz`)).toMatchObject({ status: 400, body: { code: 'malformed-url' } })
  })
})
