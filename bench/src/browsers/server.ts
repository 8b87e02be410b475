import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const main = join(import.meta.dirname, '../../../examples/main.ts')

/** The examples with their pages, in a process of its own. */
export interface Site {
  readonly url: string
  stop(): void
}

/** Starts the examples on a port, and waits until they are ready. */
export async function startSite(directory: string, port: number): Promise<Site> {
  const args = ['--conditions=@weir/source', main, '--port', String(port), '--data', directory]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'warn' },
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await fetch(`${url}/ready`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error('The examples could not be started')
    await pause(50)
  }
  return { url, stop: () => void child.kill() }
}

/** Orders a coffee and pays for it: its fulfilment comes to the board by itself. */
export async function orderAndPay(url: string, customerName: string): Promise<void> {
  const order = await post(`${url}/coffee/order`, { coffeeId: '1', customerId: customerName, customerName })
  await post(`${url}/coffee/payment`, { orderId: order.id })
}

async function post(url: string, body: object): Promise<{ readonly id: string }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (answer.status !== 201) throw new Error(`${url} was answered with ${answer.status}`)
  return (await answer.json()) as { id: string }
}
