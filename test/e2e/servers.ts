import { setInterval } from 'node:timers/promises'
import { listening, type Program } from './weir.ts'

/** Servers of the same application, of which any may be killed at any moment, whatever it is doing. */
export class Servers {
  readonly #start: () => Program
  readonly #programs: Program[]
  /** Of those that have said that they listen. */
  readonly #urls = new Map<Program, string>()
  readonly #killed = new Set<Program>()
  #failure: Error | undefined
  #turn = 0

  constructor(count: number, start: () => Program) {
    this.#start = start
    this.#programs = Array.from({ length: count }, () => this.#begin())
  }

  /** The address of one that listens, of another one each time. Waits while none does. */
  async url(): Promise<string> {
    for (;;) {
      if (this.#failure) throw this.#failure
      const urls = this.#programs.flatMap((program) => this.#urls.get(program) ?? [])
      const url = urls[this.#turn++ % urls.length]
      if (url !== undefined) return url
      await Promise.any(this.#programs.map(listening)).catch(() => {})
    }
  }

  /** The addresses of all, as soon as all listen. */
  async urls(): Promise<string[]> {
    const servers = await Promise.all(this.#programs.map(listening))
    return servers.map(({ url }) => url)
  }

  /** Kills one of them, also one that does not listen yet. Another has taken its place when this resolves. */
  async kill(index: number): Promise<void> {
    const program = this.#programs[index]
    if (!program) throw new Error(`There are ${this.#programs.length} servers, none with the index ${index}`)
    if (program.child.exitCode !== null) throw new Error(`It has ended by itself: ${program.stdout}${program.stderr}`)
    this.#killed.add(program)
    await program.end('SIGKILL')
    this.#programs[index] = this.#begin()
  }

  /** Kills a random one of them every second. */
  async killEverySecond(random: () => number, seconds: number): Promise<void> {
    let passed = 0
    for await (const _ of setInterval(1000)) {
      await this.kill(Math.floor(random() * this.#programs.length))
      if (++passed >= seconds) return
    }
  }

  #begin(): Program {
    const program = this.#start()
    listening(program).then(
      ({ url }) => this.#urls.set(program, url),
      (error: Error) => {
        if (!this.#killed.has(program)) this.#failure = error
      },
    )
    return program
  }
}
