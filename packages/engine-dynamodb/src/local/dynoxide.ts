import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EngineError } from 'weir/ports'
import { freePort } from './free-port.ts'

export interface DynoxideOptions {
  /** Where it listens, on the loopback; any free port by default. */
  readonly port?: number
  /** The file that keeps the tables; by default they are in memory, and gone with it. */
  readonly file?: string
}

/** A DynamoDB on this machine. */
export interface Dynoxide {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>
}

/** How long it may take until it answers, in milliseconds. */
const startTimeout = 10_000

/**
 * Starts dynoxide, an emulator of DynamoDB with its streams: for tests, and for a cloud on one machine. It ends with this
 * process, however that ends.
 *
 * @throws EngineError when there is no dynoxide for this platform, or it does not start
 * @example
 * const { endpoint, stop } = await startDynoxide()
 * const open = dynamodbEngine({ tables: 'test-', endpoint, readModels })
 */
export async function startDynoxide({ port, file }: DynoxideOptions = {}): Promise<Dynoxide> {
  const binary = findBinary()
  const listens = port ?? (await freePort())
  const child = spawnWithParent(binary, ['--port', String(listens), ...(file === undefined ? [] : ['--db-path', file])])
  let said = ''
  child.stderr?.on('data', (data) => {
    said = (said + String(data)).slice(-2_000)
  })
  const exited = once(child, 'exit').catch(() => {})
  const endpoint = `http://127.0.0.1:${listens}`
  if (!(await answers(endpoint, child))) {
    child.stdin?.end()
    throw new EngineError(`dynoxide did not start on port ${listens}. It said: ${said.trim() || 'nothing'}`)
  }
  return {
    endpoint,
    stop: async () => {
      child.ref()
      child.stdin?.end()
      await exited
    },
  }
}

/** @throws EngineError when the package for this platform is not installed */
function findBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide')
  } catch {
    throw new EngineError(
      `There is no DynamoDB to run on this machine: the package ${name} is missing. Install it with ` +
        `\`npm install --save-dev ${name}\`, or set AWS_ENDPOINT_URL_DYNAMODB to an emulator that runs already.`,
    )
  }
}

/**
 * A shell waits for the end of its input, which comes when this process is gone, and ends the child then. It has a group of
 * its own, so that what interrupts this process leaves it the time to stop in good order.
 */
function spawnWithParent(binary: string, args: readonly string[]): ChildProcess {
  const script = '"$@" </dev/null & child=$!; { cat >/dev/null; kill -9 $child; } <&3 & wait $child; exit 1'
  const child = spawn('/bin/sh', ['-c', `exec 3<&0; ${script}`, 'dynoxide', binary, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  })
  child.on('error', () => {})
  child.unref()
  return child
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const end = performance.now() + startTimeout
  while (performance.now() < end && child.exitCode === null) {
    const isThere = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) }).then(
      () => true,
      () => false,
    )
    if (isThere) return child.exitCode === null
    await pause(5)
  }
  return false
}
