import { expect, test, vi } from 'vitest'
import { Account, listening, servedBank, told } from './bank.fixture.ts'
import { events, streams } from './index.ts'

const few = { limit: '20' }

test('streams are shown in columns, the last name first', async () => {
  const { flags, runtime } = await servedBank('a', 'b')
  await runtime.execute(Account.commands.pay('a', { amount: 5 }))
  expect((await told(streams(undefined, { ...flags, ...few }))).text).toBe(
    'stream     version\naccount-b        1\naccount-a        2\n',
  )
  expect((await told(streams('account-b', { ...flags, ...few }))).text).toContain('account-b        1\n')
  expect((await told(streams('x', { ...flags, ...few }))).text).toBe('There are no such streams.\n')
  expect((await told(streams(undefined, { ...flags, limit: '1' }))).text).toMatch(/account-b.*There are more/s)
})

test('the last events of a stream are shown with what they hold', async () => {
  const { flags, runtime } = await servedBank('a')
  for (const amount of [5, 7]) await runtime.execute(Account.commands.pay('a', { amount }), { actor: 'api-key:1' })
  const { text } = await told(events('account-a', { ...flags, limit: '2' }))
  expect(text).toMatch(/^version +recorded +event +by +data\n +2 .*Z +Paid +api-key:1 +\{"amount":5\}\n +3 .*7\}\n/)
  expect(text).toContain('There are earlier ones: raise --limit.')
  const json = await told(events('account-a', { ...flags, ...few, json: true }))
  expect(JSON.parse(json.text)).toMatchObject([{ version: 1 }, { version: 2 }, { version: 3 }])
})

test('what is recorded is followed, behind what was there', async () => {
  const { flags, runtime } = await servedBank('a', 'b')
  const end = new AbortController()
  const written = vi.spyOn(process.stdout, 'write')
  const shown = () => written.mock.calls.join('')
  const following = told(events('account-a', { ...flags, ...few, follow: true }, end.signal))
  await vi.waitFor(() => expect(shown()).toContain('account-a@1  Opened  {"owner":"a"}\n'))
  for (const id of ['b', 'a']) await runtime.execute(Account.commands.pay(id, { amount: 5 }))
  await vi.waitFor(() => expect(shown()).toContain('account-a@2  Paid  {"amount":5}\n'))
  end.abort()
  const { text, code } = await following
  expect(code).toBe(0)
  expect(text.match(/\n/g)).toHaveLength(2)
})

test('all streams can be followed, and one type of events, as a line of JSON each', async () => {
  const { flags, runtime } = await servedBank('a', 'b')
  const end = new AbortController()
  const written = vi.spyOn(process.stdout, 'write')
  const only = { ...flags, ...few, follow: true, json: true, type: 'Paid' } as const
  const following = told(events(undefined, only, end.signal))
  // Until it is watched, nothing is shown.
  await vi.waitFor(async () => {
    await runtime.execute(Account.commands.pay('b', { amount: 5 }))
    expect(written.mock.calls.length).toBeGreaterThan(0)
  })
  end.abort()
  const [line = ''] = (await following).text.split('\n')
  expect(JSON.parse(line)).toMatchObject({ stream: 'account-b', type: 'Paid' })
})

test('following goes on where it was when the connection ends', async () => {
  const cameWith: (string | undefined)[] = []
  const url = await listening((request, response) => {
    if (request.url === '/ops') {
      response.setHeader('content-type', 'application/json')
      return void response.end('[{"name":"bank"}]')
    }
    cameWith.push(request.headers['last-event-id'] as string | undefined)
    response.setHeader('content-type', 'text/event-stream')
    const version = cameWith.length
    const told = `id: place-${version}\nevent: event\ndata: {"stream":"account-a","version":${version},"type":"Paid"}\n\n`
    response.write(`: hello\n\n${told}id: s\nevent: skipped\ndata: {"count":7}\n\n`)
    // Once it is told that it ends, once it breaks.
    if (version === 1) response.end()
    else setImmediate(() => response.destroy())
  })
  const end = new AbortController()
  const following = told(events(undefined, { url, operatorKey: 'key', ...few, follow: true }, end.signal))
  const complained = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await vi.waitFor(() => expect(cameWith.length).toBeGreaterThan(2))
  end.abort()
  const { text } = await following
  expect(cameWith.slice(0, 2)).toEqual([undefined, 's'])
  expect(text).toMatch(/account-a@1 .*7 events were left out/s)
  expect(String(complained.mock.calls[0])).toContain('The server has gone')
  complained.mockRestore()
})

test('what makes no sense is told', async () => {
  const { flags } = await servedBank('a')
  await expect(events(undefined, { ...flags, ...few })).rejects.toThrow('Name a stream, or add --follow')
  await expect(events('account-a', { ...flags, ...few, type: 'Paid' })).rejects.toThrow('add --follow')
  await expect(events('account-z', { ...flags, ...few })).rejects.toThrow('There is no such stream.')
})
