import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type LocalCloud, startLocalCloud } from './index.ts'
import { type SynthesisedShop, synthesiseShop } from './shop.fixture.ts'

let shop: SynthesisedShop
let cloud: LocalCloud
const lines: string[] = []

beforeAll(async () => {
  shop = await synthesiseShop()
  cloud = await start()
})
afterAll(async () => {
  await cloud.stop()
  shop.remove()
})

function start(): Promise<LocalCloud> {
  return startLocalCloud({
    cdkOut: shop.cdkOut,
    data: shop.data,
    visibilityTimeout: 2,
    schedules: false,
    onLog: ({ text }) => lines.push(text),
  })
}
async function order(id: string, items: string): Promise<number> {
  return (await fetch(`${cloud.url}/orders`, { method: 'POST', body: JSON.stringify({ id, items }) })).status
}
async function packed(id: string): Promise<{ attempts: { S: string } }> {
  return vi.waitFor(
    async () => {
      const answer = await fetch(`${cloud.url}/orders/${id}`)
      expect(answer.status).toBe(200)
      return (await answer.json()) as { attempts: { S: string } }
    },
    { timeout: 20_000, interval: 50 },
  )
}

test('an order goes from the API through table, stream, topic and queue to who packs it', async () => {
  expect(await order('1', 'cups')).toBe(202)
  expect(await packed('1')).toMatchObject({ attempts: { S: '1' } })
  expect(lines).toContain('packing 1')
  const event = { bus: expect.any(String), source: 'shop', type: 'Packed', detail: { id: '1', items: 'cups' } }
  await vi.waitFor(() => expect(cloud.events()).toEqual([event]))
})

test('a message that was reported as failed comes again, and says so', async () => {
  await order('2', 'fragile')
  expect(await packed('2')).toMatchObject({ attempts: { S: '2' } })
})

test('subscriptions take what their filter wants', async () => {
  await order('3', 'none')
  await order('4', 'cups')
  await packed('4')
  expect((await fetch(`${cloud.url}/orders/3`)).status).toBe(404)
})

test('a function that is killed while it handles messages gets them again', async () => {
  const pack = cloud.function('pack')
  const release = pack.intercept(async (event, next) => {
    release()
    const killed = next(event)
    await pack.kill()
    return killed
  })
  await order('5', 'cups')
  expect(await packed('5')).toBeDefined()
})

test('a function dies at the call that it is told to die at, before or after that has its effect', async () => {
  await cloud.settled()
  const pack = cloud.function('pack')
  const port = Number(new URL(cloud.endpoints.dynamodb).port)
  pack.dieOnce({ port, call: 1, when: 'before' })
  pack.dieOnce({ port, call: 1, when: 'after' })
  await order('6', 'cups')
  expect(await packed('6')).toMatchObject({ attempts: { S: '2' } })
  const told = () => cloud.events().filter(({ detail }) => (detail as { id: string }).id === '6')
  await vi.waitFor(() => expect(told()).toHaveLength(1), { timeout: 10_000 })
  expect(await packed('6')).toMatchObject({ attempts: { S: '3' } })
})

test('a stream is handed over again, in its order, from the record that failed', async () => {
  const tell = cloud.function('tell')
  const seen: string[][] = []
  let fails = true
  const release = tell.intercept(async (event, next) => {
    const { Records } = event as {
      Records: { dynamodb: { NewImage: { id: { S: string } }; SequenceNumber: string } }[]
    }
    seen.push(Records.map(({ dynamodb }) => dynamodb.NewImage.id.S))
    const last = Records.at(-1)?.dynamodb.SequenceNumber
    if (!fails) return next(event)
    fails = false
    return { kind: 'answered', payload: { batchItemFailures: [{ itemIdentifier: last }] } }
  })
  await order('7', 'cups')
  await packed('7')
  release()
  expect(seen).toEqual([['7'], ['7']])
})

test('what a function answers is what callers get', async () => {
  const answer = await fetch(`${cloud.url}/environment`)
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(await answer.json()).toMatchObject({ AWS_LAMBDA_FUNCTION_NAME: expect.stringContaining('take') })
  expect((await fetch(`${cloud.url}/large`)).status).toBe(500)
})

test('an invocation that takes too long is ended, and the next one finds a new environment', async () => {
  expect((await fetch(`${cloud.url}/loop`)).status).toBe(500)
  expect((await fetch(`${cloud.url}/environment`)).status).toBe(200)
})

test('secrets are made up once', async () => {
  const { apiKey = '' } = cloud.keys
  expect((await fetch(`${cloud.url}/guarded`, { headers: { 'x-api-key': apiKey } })).status).toBe(200)
  expect((await fetch(`${cloud.url}/guarded`)).status).toBe(401)
})

test('state machines run with the functions of the template', async () => {
  expect(await (await fetch(`${cloud.url}/count`)).json()).toMatchObject({ Payload: { orders: expect.any(Number) } })
  expect(cloud.executions()).toMatchObject([{ status: 'SUCCEEDED' }])
})

test('schedules can be fired by hand', async () => {
  const count = vi.fn()
  cloud.function('count').intercept((event, next) => {
    count(event)
    return next(event)
  })
  await cloud.fire('EachMinute')
  expect(count).toHaveBeenCalledWith(expect.objectContaining({ source: 'aws.events' }))
})

test('a second start finds what the first has kept', async () => {
  const { apiKey } = cloud.keys
  await cloud.stop()
  cloud = await start()
  expect(cloud.keys.apiKey).toBe(apiKey)
  expect((await fetch(`${cloud.url}/orders/1`)).status).toBe(200)
  await order('8', 'cups')
  expect(await packed('8')).toMatchObject({ attempts: { S: '1' } })
})

test('a folder has one local cloud at a time', async () => {
  await expect(start()).rejects.toThrow(/is in use by the local cloud of process \d+/)
})

test('one that is killed leaves nothing behind but its data', async () => {
  await cloud.stop()
  const program = fileURLToPath(new URL('./killed.fixture.ts', import.meta.url))
  const args = ['--conditions=@weir/source', program, shop.cdkOut, shop.data]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(child.stdout), 'line')
  const { url, endpoints } = JSON.parse(line)
  await fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify({ id: '9', items: 'cups' }) })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await vi.waitFor(() => expect(fetch(endpoints.dynamodb)).rejects.toThrow(), { timeout: 10_000 })
  cloud = await start()
  expect(await packed('9')).toBeDefined()
})
