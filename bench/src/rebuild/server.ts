import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const command = join(import.meta.dirname, '../../../packages/cli/bin/weir.js')
const operatorKey = 'the-operator-key-of-this-bench'

/** `weir start`, in a process of its own. */
export interface Server {
  readonly url: string
  /** Asks the operations API about the balances. */
  operate(method: 'GET' | 'POST', path: string): Promise<Progress>
  /** The most memory that it has used so far, in MiB. */
  memory(): number
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** As the operations API answers it. */
export interface Progress {
  readonly generation: number
  readonly state: string
  readonly done: number
  readonly total: number
}

/** Starts the accounts on the data in a folder, and waits until they are ready. */
export async function startServer(directory: string): Promise<Server> {
  const args = ['start', join(import.meta.dirname, 'app.ts'), '--port', '0', '--data', directory]
  const env = { ...process.env, LOG_LEVEL: 'info', WEIR_OPERATOR_KEY: operatorKey, NO_COLOR: '1' }
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await listening(child)
  await until(async () => (await fetch(`${url}/ready`)).ok)
  return {
    url,
    operate: async (method, path) => {
      const address = `${url}/ops/accounts/projections/balances${path}`
      const answer = await fetch(address, { method, headers: { 'x-operator-key': operatorKey } })
      if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as Progress
    },
    memory: () => peakMemory(child.pid as number),
    stop: async (signal) => {
      child.kill(signal)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** Looks again and again until what it looks for is there. */
export async function until(look: () => Promise<boolean>, every = 20): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, every))
}

function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024)
}

async function listening({ stdout }: ChildProcess): Promise<string> {
  let said = ''
  for await (const data of stdout ?? []) {
    said += String(data)
    const line = said.split('\n').find((each) => each.includes('"listening"'))
    if (!line?.endsWith('}')) continue
    stdout?.resume()
    return JSON.parse(line).url
  }
  throw new Error(`The server did not start: ${said}`)
}
