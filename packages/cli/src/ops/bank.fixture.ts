import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpApp, serve } from '@weir/http'
import { onTestFinished, vi } from 'vitest'
import { type App, after, aggregate, app, policy, projection } from 'weir'
import { memoryEngine } from 'weir/memory'
import { type Runtime, startRuntime } from 'weir/runtime'
import * as z from 'zod'

/** What handlers stumble over, until it is taken out. */
const broken = new Set<string>()

const stumble = (id: string) => {
  if (broken.has(id)) throw new Error(`the rate of ${id}\nis not known`)
}

export const Account = aggregate('account', {
  events: { Opened: z.object({ owner: z.string() }), Paid: z.object({ amount: z.number() }) },
  initialState: 0,
})
  .evolve({ Opened: () => 0, Paid: (total, { amount }) => total + amount })
  .commands({
    open: { input: z.object({ owner: z.string() }), decide: (_, data) => ({ type: 'Opened', data }) },
    pay: { input: z.object({ amount: z.number() }), decide: (_, data) => ({ type: 'Paid', data }) },
  })

const balances = projection('balances', { schema: z.object({ id: z.string(), total: z.number() }) })
  .create(Account, { Opened: ({ aggregateId: id }) => ({ id, total: 0 }) })
  .update(Account, {
    Paid: (balance, { aggregateId, data }) => {
      stumble(aggregateId)
      return { ...balance, total: balance.total + data.amount }
    },
  })

const interest = policy('interest').on(Account, {
  Opened: ({ aggregateId }) => after('1 day', Account.commands.pay(aggregateId, { amount: 1 }), { key: aggregateId }),
})

const bank: App = app('bank', { routes: {}, projections: [balances], policies: [interest] })

export interface Bank {
  readonly runtime: Runtime
  /** What the commands take to reach it. */
  readonly flags: { readonly url: string; readonly operatorKey: string }
  /** Lets events of an account fail, or not any more. */
  breakFor(id: string): void
  mend(): void
}

const operatorKey = 'the-key-of-operators'
export const readerKey = 'the-key-of-readers'

/** A bank that is served, with an account a name. */
export async function servedBank(...names: readonly string[]): Promise<Bank> {
  vi.stubEnv('WEIR_OPERATOR_KEY', '')
  const runtime = await startRuntime(bank, { engine: memoryEngine() })
  const http = createHttpApp({ mounts: [{ base: '', runtime }], operatorKeys: [operatorKey], readerKeys: [readerKey] })
  const server = await serve(http, { port: 0, hostname: '127.0.0.1', closeTimeout: 0 })
  onTestFinished(async () => {
    broken.clear()
    vi.unstubAllEnvs()
    await server.close()
    await runtime.stop()
  })
  for (const name of names) await runtime.execute(Account.commands.open(name, { owner: name }))
  await runtime.settled()
  const flags = { url: `http://127.0.0.1:${server.port}`, operatorKey }
  return { runtime, flags, breakFor: (id) => void broken.add(id), mend: () => broken.clear() }
}

/** What a command wrote to standard output, and its exit code. */
export async function told(command: Promise<number>): Promise<{ readonly text: string; readonly code: number }> {
  let text = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  try {
    return { code: await command, text }
  } finally {
    write.mockRestore()
  }
}

/** The address of a server that answers as it is told. */
export async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
