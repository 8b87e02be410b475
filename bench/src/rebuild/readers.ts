import { Reference } from './reference.ts'

interface Balance {
  readonly id: string
  readonly balance: number
}

/**
 * Readers that poll all the while, and throw as soon as
 *
 * 1. a read is not answered with 200;
 * 2. there are fewer documents than before;
 * 3. a document is no sum of deposits, or, where one process answers all, older than one that its reader has seen;
 * 4. (G8) a read with a token is not current, or lacks a deposit that was acknowledged before.
 */
export class Readers {
  readonly #url: string
  readonly #reference: Reference
  readonly #processes: 'one' | 'several'
  readonly #running: Promise<void>[] = []
  #stopped = false
  #reads = 0

  /**
   * @param processes who answers: of several each finds out by itself which generation serves, so that reads without tokens
   * may go back for a moment
   */
  constructor(url: string, reference: Reference, processes: 'one' | 'several') {
    this.#url = url
    this.#reference = reference
    this.#processes = processes
  }

  /** Starts `each` readers of lists, of single documents, and of documents with tokens. */
  start(each: number): void {
    for (let index = 0; index < each; index += 1) {
      this.#running.push(this.#repeat(this.#listReader(), 250))
      this.#running.push(this.#repeat(this.#documentReader(), 20))
      this.#running.push(this.#repeat(() => this.#readOwnWrite(), 20))
    }
  }

  /** @returns how many reads were right */
  async stop(): Promise<number> {
    this.#stopped = true
    await Promise.all(this.#running)
    return this.#reads
  }

  async #repeat(once: () => Promise<void>, pause: number): Promise<void> {
    while (!this.#stopped) {
      await once()
      this.#reads += 1
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  /** Reads all pages. */
  #listReader(): () => Promise<void> {
    const seen = new Map<string, number>()
    return async () => {
      let count = 0
      for (let path: string | undefined = '/accounts?limit=1000'; path; ) {
        const answer = await this.#get(path)
        const page = (await answer.json()) as Balance[]
        for (const document of page) this.#compare(document, seen)
        count += page.length
        path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
      }
      if (count < this.#reference.ids.length) throw new Error(`A list has ${count} documents only`)
    }
  }

  #documentReader(): () => Promise<void> {
    const seen = new Map<string, number>()
    return async () => {
      const answer = await this.#get(`/accounts/${this.#reference.any()}`)
      this.#compare((await answer.json()) as Balance, seen)
    }
  }

  async #readOwnWrite(): Promise<void> {
    const id = this.#reference.any()
    const token = this.#reference.token(id)
    if (token === undefined) return
    const least = this.#reference.acknowledged(id)
    const answer = await this.#get(`/accounts/${id}`, { 'consistency-token': token })
    const status = answer.headers.get('consistency-status')
    const { balance } = (await answer.json()) as Balance
    if (status !== 'reached') throw new Error(`A read with a token is '${status}'`)
    const deposits = Reference.depositsIn(balance)
    if (deposits < least) throw new Error(`A read with a token shows ${deposits} of ${least} deposits`)
  }

  async #get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    const answer = await fetch(this.#url + path, { headers })
    if (answer.status !== 200) throw new Error(`GET ${path} was answered with ${answer.status}: ${await answer.text()}`)
    return answer
  }

  #compare({ id, balance }: Balance, seen: Map<string, number>): void {
    const deposits = Reference.depositsIn(balance)
    const before = seen.get(id) ?? 0
    if (deposits < before && this.#processes === 'one')
      throw new Error(`${id} had ${before} deposits and now has ${deposits}`)
    seen.set(id, deposits)
  }
}
