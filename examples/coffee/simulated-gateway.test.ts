import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { SimulatedGateway } from './simulated-gateway.ts'

const signal = new AbortController().signal
const latte = { paymentId: 'payment-1', amount: 400, method: 'card_ok' }

function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-gateway-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'books.db')
}

function entries(file: string) {
  const books = new DatabaseSync(file)
  const rows = books.prepare('SELECT entry FROM books ORDER BY number').all()
  books.close()
  return rows.map(({ entry }) => JSON.parse(String(entry)))
}

test('a card is charged or declined, and a charge is refunded', async () => {
  const file = freshFile()
  const gateway = new SimulatedGateway({ file })
  const charged = await gateway.charge(latte, { idempotencyKey: 'a', signal })
  expect(charged).toEqual({ outcome: 'succeeded', chargeId: expect.any(String) })
  const declined = await gateway.charge({ ...latte, method: 'card_declined' }, { idempotencyKey: 'b', signal })
  expect(declined).toEqual({ outcome: 'declined', reason: 'The card was declined' })
  const refunded = await gateway.refund({ chargeId: 'charge-a', amount: 400 }, { idempotencyKey: 'c', signal })
  expect(refunded).toEqual({ refundId: expect.any(String) })
  expect(entries(file).map(({ kind, key }) => [kind, key])).toEqual([
    ['charge', 'a'],
    ['charge', 'b'],
    ['refund', 'c'],
  ])
})

test('a key that comes again, at once or after a restart, gets the same answer and has no second effect', async () => {
  const file = freshFile()
  const first = new SimulatedGateway({ file })
  const ask = (gateway: SimulatedGateway, method = 'card_ok') =>
    gateway.charge({ ...latte, method }, { idempotencyKey: 'a', signal })
  const answers = await Promise.all([ask(first), ask(first), ask(first, 'card_declined')])
  answers.push(await ask(new SimulatedGateway({ file }), 'card_declined'))
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(entries(file)).toHaveLength(1)
})

test('a slow card takes three seconds, unless nobody waits for it any longer', async () => {
  const file = freshFile()
  const waits: number[] = []
  const gateway = new SimulatedGateway({
    file,
    pause: async (milliseconds, given) => {
      given.throwIfAborted()
      waits.push(milliseconds)
    },
  })
  const slow = { ...latte, method: 'card_slow' }
  await gateway.charge(slow, { idempotencyKey: 'a', signal })
  expect(waits).toEqual([3000])
  const gone = gateway.charge(slow, { idempotencyKey: 'b', signal: AbortSignal.abort() })
  await expect(gone).rejects.toThrow()
  expect(entries(file).map(({ key }) => key)).toEqual(['a'])
})

test('two that share the books have one effect under one key, and give the same answer', async () => {
  const file = freshFile()
  const gateways = [new SimulatedGateway({ file }), new SimulatedGateway({ file })]
  const ask = (gateway: SimulatedGateway, method: string, idempotencyKey: string) =>
    gateway.charge({ ...latte, method }, { idempotencyKey, signal })
  for (const key of ['a', 'b']) {
    const methods = ['card_declined', 'card_ok']
    const answers = await Promise.all(gateways.map((gateway, index) => ask(gateway, String(methods[index]), key)))
    expect(answers[1]).toEqual(answers[0])
    gateways.reverse()
  }
  expect(entries(file).map(({ key }) => key)).toEqual(['a', 'b'])
})

test('what could not be written was not answered, and is done when it is asked for again', async () => {
  const folder = freshFile()
  const file = join(folder, 'books.db')
  const gateway = new SimulatedGateway({ file })
  const ask = () => gateway.charge(latte, { idempotencyKey: 'a', signal })
  await expect(ask()).rejects.toThrow('unable to open')
  mkdirSync(folder)
  expect(await ask()).toMatchObject({ outcome: 'succeeded' })
  expect(entries(file)).toHaveLength(1)
})
