import { text as bodyOf } from 'node:stream/consumers'
import { describe, expect, test, vi } from 'vitest'
import { Account, listening, readerKey, servedBank, told } from './bank.fixture.ts'
import type { OpsFlags } from './flags.ts'
import {
  discardLetter,
  listDiscarded,
  listLetters,
  policies,
  projections,
  rebuild,
  retryLetters,
  timers,
} from './index.ts'

/** A bank in which a payment into account a failed, and one into b did not. */
async function withFailedPayment() {
  const bank = await servedBank('a', 'b')
  bank.breakFor('a')
  for (const id of ['a', 'b']) await bank.runtime.execute(Account.commands.pay(id, { amount: 5 }))
  await bank.runtime.execute(Account.commands.pay('a', { amount: 7 }))
  await bank.runtime.settled()
  const balances = bank.runtime.app.projections[0] as never
  const totalOf = async (id: string) => ((await bank.runtime.get(balances, id)).document as { total: number }).total
  return { ...bank, totalOf }
}

test('projections, policies and timers are shown in columns', async () => {
  const { flags } = await servedBank('a')
  expect((await told(projections(flags))).text).toBe(
    'projection  state    lag  generation  parked  deferred  can roll back to\nbalances    current    0           1       0         0\n',
  )
  expect((await told(policies(flags))).text).toMatch(/^policy .*timers\ninterest +running +0 +0 +0 +1\n$/s)
  expect((await told(timers(flags))).text).toMatch(
    /\n\d{4}-\d\d-\d\dT.*Z +interest +a +account\.pay +a +account-a@1\n$/,
  )
})

test('programs read the same as JSON', async () => {
  const { flags } = await servedBank('a')
  const read = async (command: Promise<number>) => JSON.parse((await told(command)).text)
  expect(await read(projections({ ...flags, json: true }))).toMatchObject([{ name: 'balances', parked: 0 }])
  expect(await read(timers({ ...flags, json: true }))).toMatchObject([{ policy: 'interest', key: 'a' }])
  expect(await read(listLetters(undefined, { ...flags, json: true }))).toEqual([])
  expect(await read(rebuild('balances', { ...flags, json: true }))).toMatchObject({ state: 'done', generation: 2 })
})

test('a rebuild is followed until the new generation serves', async () => {
  const { flags, runtime } = await servedBank('a', 'b')
  const { text, code } = await told(rebuild('balances', flags))
  expect(code).toBe(0)
  expect(text).toMatch(/^Folding balances into generation 2\.\n/)
  expect(text).toMatch(/\n100 %: 2\/2 · [\d,]+ events\/s\n✓ Generation 2 of balances serves: 2 events in \d+ s\.\n$/)
  expect(await runtime.operations.projections()).toMatchObject([{ generation: 2 }])
})

test('one can go back to what served before', async () => {
  const { flags, runtime } = await servedBank('a')
  await told(rebuild('balances', flags))
  expect((await told(projections(flags))).text).toMatch(/ 1 until \d{4}-.*Z\n$/)
  expect((await told(rebuild('balances', { ...flags, rollBack: true }))).text).toContain(
    'Generation 1 of balances serves',
  )
  expect(await runtime.operations.projections()).toMatchObject([{ generation: 1 }])
})

test('a rebuild that would park streams waits, says which, and serves when they are accepted', async () => {
  const { flags, runtime, breakFor } = await servedBank('a', 'b')
  await runtime.execute(Account.commands.pay('a', { amount: 5 }))
  await runtime.settled()
  breakFor('a')
  const blocked = await told(rebuild('balances', flags))
  expect(blocked.code).toBe(1)
  expect(blocked.text).toMatch(/1 stream parked in it.*\n {4}account-a\n.*weir rebuild balances --accept account-a\n$/s)
  expect((await told(projections(flags))).text).toContain('rebuild blocked')
  const accepted = await told(rebuild('balances', { ...flags, accept: ['account-a'] }))
  expect(accepted).toMatchObject({ code: 0, text: expect.stringContaining('Generation 2 of balances serves') })
})

test('a rebuild that waits can be given up, and what served serves on', async () => {
  const { flags, runtime, breakFor } = await servedBank('a')
  await runtime.execute(Account.commands.pay('a', { amount: 5 }))
  await runtime.settled()
  breakFor('a')
  await told(rebuild('balances', flags))
  expect(await told(rebuild('balances', { ...flags, cancel: true }))).toMatchObject({
    code: 0,
    text: expect.stringContaining('generation 2 is cancelled'),
  })
  expect(await runtime.operations.projections()).toMatchObject([{ generation: 1, rebuild: { state: 'cancelled' } }])
})

test('dead letters are shown with why, and whoever lists projections is pointed at them', async () => {
  const { flags } = await withFailedPayment()
  expect((await told(projections(flags))).text).toContain('→ Streams are parked. See why: weir dead-letters list')
  const { text } = await told(listLetters('balances', flags))
  expect(text).toMatch(/\nbalances +account-a@2 +Paid +\d+ +\S+Z +the rate of a is not known\n/)
  expect(text).toContain('weir dead-letters retry')
})

test('what is tried again is applied when it was mended, with what waited behind it', async () => {
  const { flags, mend, totalOf } = await withFailedPayment()
  expect(await told(retryLetters('balances', undefined, flags))).toMatchObject({
    code: 1,
    text: expect.stringContaining('✗ parked  account-a@2'),
  })
  mend()
  expect(await told(retryLetters('balances', 'account-a', flags))).toEqual({ code: 0, text: '✓ applied account-a@2\n' })
  expect(await totalOf('a')).toBe(12)
  expect((await told(listLetters(undefined, flags))).text).toBe('There are no dead letters.\n')
})

test('what is discarded is recorded with who and why, and later events go on', async () => {
  const { flags, mend, totalOf, runtime } = await withFailedPayment()
  mend()
  const { text } = await told(discardLetter('balances', 'account-a', { ...flags, reason: 'a test' }))
  expect(text).toContain('Discarded account-a@2')
  expect(await totalOf('a')).toBe(7)
  expect(await runtime.operations.discarded()).toMatchObject([{ version: 2, reason: 'a test', actor: /^operator:/ }])
  const discarded = (await told(listDiscarded('balances', flags))).text
  expect(discarded).toMatch(/\n\S+Z +balances +account-a@2 +operator:\w+ +a test +the rate of a is not known\n$/)
  expect((await told(listDiscarded('interest', flags))).text).toBe('Nothing was discarded.\n')
})

test('whoever discards a timer is told that nothing waited for it', async () => {
  const letter = { stream: 's', version: 1, timer: 'k', error: 'no' }
  const url = await listening(({ url: asked, method }, response) => {
    const answer = method === 'POST' ? {} : asked === '/ops' ? [{ name: 'bank' }] : [letter]
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  const { text } = await told(discardLetter('p', 's', { url, operatorKey: 'the-key', reason: 'late' }))
  expect(text).toBe('✓ Discarded s@1 timer k. Its command is not issued.\n')
})

test('a rebuild that was stopped is told, with how it goes on', async () => {
  const stopped = { state: 'stopped', done: 36, total: 100 }
  const all = [
    { name: 'balances', current: true, rebuild: stopped, parked: 1, lag: 1, generation: 1 },
    { name: 'owners', frozen: true, rebuild: stopped, parked: 22, lag: 1, generation: 1 },
  ]
  const url = await listening(({ url: asked }, response) => {
    const answer = asked === '/ops' ? [{ name: 'bank' }] : all
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  const { text } = await told(projections({ url, operatorKey: 'the-key' }))
  expect(text).toMatch(
    /\nbalances +current; rebuild stopped at 36 % +1 +1 {7}1\nowners +frozen; rebuild stopped at 36 % /,
  )
  expect(text).toContain('Go on with it: weir rebuild balances, or drop what was folded: add --cancel\n')
  expect(text).toContain('Go on with it: weir rebuild owners\n')
})

test('an error is shown in short, and whole as JSON', async () => {
  const error = `it is ${'long '.repeat(50)}`
  const url = await listening(({ url: asked }, response) => {
    const answer = asked === '/ops' ? [{ name: 'bank' }] : [{ consumer: 'p', stream: 's', version: 1, error }]
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  const flags = { url, operatorKey: 'the-key' }
  expect((await told(listLetters('p', flags))).text).toContain(`  ${error.slice(0, 99)}…\n`)
  expect(JSON.parse((await told(listLetters('p', { ...flags, json: true }))).text)).toMatchObject([{ error }])
})

test('what cannot be done is said in a sentence with what to do', async () => {
  const { flags } = await withFailedPayment()
  const refused = (command: Promise<number>) => expect(told(command)).rejects
  await refused(rebuild('nothing', flags)).toThrow(/no projection 'nothing'.*balances/)
  await refused(rebuild('balances', { ...flags, stop: true })).toThrow(/\.$/)
  await refused(retryLetters('balances', 'account-b', flags)).toThrow(
    'balances has no dead letter at the stream account-b',
  )
  await refused(discardLetter('balances', 'account-a', { ...flags, reason: ' ' })).toThrow('--reason has to say why.')
  await refused(projections({ ...flags, operatorKey: 'wrong-wrong-wrong' })).toThrow(/WEIR_OPERATOR_KEY.*keys\.json/)
  await refused(rebuild('balances', { ...flags, operatorKey: readerKey })).toThrow('needs the key of an operator')
  await refused(projections({ ...flags, operatorKey: 'schlüssel' })).toThrow('no header can carry')
  await refused(projections({ ...flags, app: 'shop' })).toThrow("no application 'shop'. Choose one with --app: bank.")
  await refused(projections({ ...flags, url: 'localhost' })).toThrow("--url is 'localhost', but")
  await refused(projections({ ...flags, url: `${flags.url}/accounts` })).toThrow('give --url without /accounts.')
  await refused(projections({ ...flags, url: 'http://127.0.0.1:9' })).toThrow(/No server answers .*weir start/)
})

test('readers can look', async () => {
  const { flags } = await servedBank('a')
  expect(await told(projections({ ...flags, operatorKey: readerKey }))).toMatchObject({ code: 0 })
})

test('a key is looked for in the environment and in the data folder', async () => {
  const { flags } = await servedBank('a')
  const { url, operatorKey } = flags
  await expect(projections({ url, data: 'no-such-folder' })).rejects.toThrow(/no operator key.*no-such-folder/)
  vi.stubEnv('WEIR_OPERATOR_KEY', `${operatorKey},another`)
  expect(await told(projections({ url }))).toMatchObject({ code: 0 })
})

describe('a server whose events bring text that steers terminals', () => {
  const hostile = "\x1b[2J\u202e o'b"
  const shown = String.raw`\x1b[2J\u{202e} o'b`
  const place = { stream: hostile, version: 2, error: hostile }
  const answers: Record<string, object> = {
    '/ops': [{ name: 'bank' }],
    '/ops/bank/projections': [{ name: hostile, error: hostile, parked: 1 }],
    '/ops/bank/policies': [{ name: hostile, error: hostile, parked: 0 }],
    '/ops/bank/timers': [{ policy: hostile, key: hostile, aggregateId: hostile, command: hostile, due: '', ...place }],
    '/ops/bank/dead-letters': [
      { consumer: hostile, ...place, document: hostile, timer: hostile, event: { type: hostile } },
      { consumer: hostile, ...place, document: hostile },
    ],
    '/ops/bank/discarded': [{ consumer: hostile, ...place, at: '', actor: '', reason: hostile }],
    '/ops/bank/dead-letters/balances/retry': { outcome: 'parked' },
    '/ops/bank/dead-letters/balances/discard': { outcome: 'discarded' },
    '/ops/bank/projections/balances/rebuild': { state: 'blocked', newlyParked: [hostile, 'account-a'] },
    '/ops/bank/projections/balances/roll-back': { state: 'failed', error: hostile },
  }
  const flagsOf = async () => {
    const url = await listening(({ url = '' }, response) => {
      const answer = JSON.stringify(answers[url.replace(/\?.*/, '')])
      response.setHeader('content-type', 'application/json').end(answer)
    })
    return { url, operatorKey: 'the-key-of-operators' }
  }

  test.each<[string, (flags: OpsFlags) => Promise<number>]>([
    ['projections', projections],
    ['policies', policies],
    ['timers', timers],
    ['dead-letters list', (flags) => listLetters(undefined, flags)],
    ['dead-letters retry', (flags) => retryLetters('balances', undefined, flags)],
    ['dead-letters discard', (flags) => discardLetter('balances', hostile, { ...flags, timer: hostile, reason: 'x' })],
    ['dead-letters discarded', (flags) => listDiscarded(undefined, flags)],
    ['rebuild', (flags) => rebuild('balances', flags)],
    ['rebuild --roll-back', (flags) => rebuild('balances', { ...flags, rollBack: true })],
  ])('is shown by %s as it is', async (_, command) => {
    const { text } = await told(command(await flagsOf()))
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u)
    expect(text).toContain(shown)
  })

  test('gets a hint that can be pasted', async () => {
    const { text } = await told(rebuild('balances', await flagsOf()))
    expect(text).toContain(String.raw`--accept $'\x1b[2J\xe2\x80\xae o\'b' account-a`)
  })
})

test('a dead letter can be chosen by the document whose id is empty', async () => {
  const asked: string[] = []
  const letters = [{ document: 'a b' }, { document: '' }, {}].map((of) => ({
    stream: 's',
    version: 2,
    error: '',
    ...of,
  }))
  const url = await listening(async (request, response) => {
    response.setHeader('content-type', 'application/json')
    if (request.method === 'POST') asked.push(await bodyOf(request))
    const answer = request.method === 'POST' ? {} : request.url === '/ops' ? [{ name: 'bank' }] : letters
    response.end(JSON.stringify(answer))
  })
  const flags = { url, operatorKey: 'the-key-of-operators', reason: 'a test' }
  await expect(discardLetter('balances', 's', flags)).rejects.toThrow("  s@2 on document 'a b'\n  s@2 on document ''\n")
  expect((await told(discardLetter('balances', 's', { ...flags, document: '' }))).text).toContain("s@2 on document ''.")
  expect(asked.map((body) => JSON.parse(body))).toEqual([{ stream: 's', document: '', reason: 'a test' }])
})

test('the key is not sent to where another server answers', async () => {
  const keys: unknown[] = []
  const thief = await listening((request, response) => {
    keys.push(request.headers['x-operator-key'])
    response.setHeader('content-type', 'application/json').end('[]')
  })
  const leading = await listening((request, response) =>
    response.writeHead(307, { location: thief + request.url }).end(),
  )
  const paging = await listening((request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', link: `<@${thief.slice(7)}${request.url}>; rel="next"` })
      .end('[]'),
  )
  for (const url of [leading, paging]) {
    const command = told(projections({ url, operatorKey: 'the-key-of-operators' }))
    await expect(command).rejects.toThrow(/ leads to .*, where the operator key was not sent.*--url/)
  }
  expect(keys).toEqual([])
})
