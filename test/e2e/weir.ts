import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'

export const root: string = join(import.meta.dirname, '../..')
export const command: string = join(root, 'packages/cli/bin/weir.js')
const allExamples = ['--conditions=@weir/source', join(root, 'examples/main.ts')]

export interface SpawnOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Drops the rights of root, who may write everywhere. */
  readonly uid?: number
}

/** How a process ended. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program that runs until its test is finished, at the latest. */
export class Program {
  readonly child: ChildProcess
  readonly ended: Promise<End>
  stdout = ''
  stderr = ''
  #end: End | undefined
  readonly #watchers = new Set<() => void>()

  constructor(file: string, args: readonly string[], { cwd, env, uid }: SpawnOptions) {
    const rights = uid === undefined ? {} : { uid, gid: uid }
    const stdio = ['ignore', 'pipe', 'pipe'] satisfies StdioOptions
    // Detached: a group of its own, so that what it starts can be killed with it.
    this.child = spawn(file, args, { cwd, env: { ...cleanEnvironment(), ...env }, stdio, detached: true, ...rights })
    this.child.stdout?.on('data', (data) => this.#note(() => (this.stdout += stripVTControlCharacters(String(data)))))
    this.child.stderr?.on('data', (data) => this.#note(() => (this.stderr += stripVTControlCharacters(String(data)))))
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      const end = { code, signal }
      this.#note(() => (this.#end = end))
      return end
    })
    killAtTheEnd(this)
  }

  /** Resolves with what `find` gives as soon as that is something; rejects when the program ends before. */
  async until<T>(find: (program: this) => T | undefined): Promise<T> {
    while (true) {
      const found = find(this)
      if (found !== undefined) return found
      if (this.#end) throw new Error(`It ended (${JSON.stringify(this.#end)}) and said: ${this.stdout}${this.stderr}`)
      await new Promise<void>((resolve) => this.#watchers.add(resolve))
    }
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<End> {
    this.child.kill(signal)
    return this.ended
  }

  #note(change: () => void): void {
    change()
    for (const wake of this.#watchers) wake()
    this.#watchers.clear()
  }
}

/** A server that answers. */
export interface Server {
  readonly program: Program
  /** Where the box office is. */
  readonly url: string
}

/** Runs the command `weir`. */
export function weir(args: readonly string[], options: SpawnOptions): Program {
  return new Program(process.execPath, [command, ...args], options)
}

/** Starts the box office alone, on any free port, with its data in `data`. */
export async function startBoxOffice(data: string, args: readonly string[] = []): Promise<Server> {
  const app = join(root, 'examples/box-office')
  return listening(weir(['start', app, '--port', '0', '--data', data, ...args], { cwd: data }))
}

/** Starts all example applications on one server, as `npm start` does. */
export async function startExamples(args: readonly string[], options: SpawnOptions): Promise<Server> {
  const { program, url } = await listening(examples(args, options))
  return { program, url: `${url}/box-office` }
}

/** Runs the program of all example applications, as `npm start` does. */
export function examples(args: readonly string[], options: SpawnOptions): Program {
  return new Program(process.execPath, [...allExamples, ...args], options)
}

/** Waits until a server says that it listens. */
export async function listening(program: Program): Promise<Server> {
  const { url } = await program.until(() => logLine(program, 'listening'))
  return { program, url: String(url) }
}

/** A line of log with this message. */
export function logLine(program: Program, message: string): Record<string, unknown> | undefined {
  return logLines(program).find(({ msg }) => msg === message)
}

function logLines(program: Program): Record<string, unknown>[] {
  const lines = program.stdout.split('\n').slice(0, -1)
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
}

/** Nothing of what the test runner or its caller has set changes what the program does. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}) }
}

const running = new Set<Program>()

function killAtTheEnd(program: Program): void {
  running.add(program)
  onTestFinished(async () => {
    killGroup(program)
    await program.ended
    running.delete(program)
  })
}

process.on('exit', () => running.forEach(killGroup))

function killGroup({ child }: Program): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Nobody of the group is left.
  }
}
