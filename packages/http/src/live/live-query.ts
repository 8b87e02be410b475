import { setTimeout as pause } from 'node:timers/promises'
import type { Cancel } from 'weir/ports'
import type { Shown } from './shown.ts'

export interface LiveQueryServices {
  /** Reads what is to be shown now. */
  readonly read: () => Promise<Shown>
  /** Calls back when that may have changed. */
  readonly observe: (onChange: () => void) => Cancel
}

/** The least time between two reads, in milliseconds: changes that follow quickly are shown together. */
const REST = 50
/** After a read that failed, in milliseconds. */
const REST_AFTER_FAILURE = 1000

/**
 * A query whose result is shown to many, and read again once for all of them.
 *
 * 1. Whatever may have changed it leads to a read that begins later: so the last change is always shown. Of changes that
 *    follow each other quickly, the states between may be left out.
 * 2. It is read by one at a time, so that nobody is led back by a read that began earlier and ends later.
 * 3. It is observed for as long as somebody is shown it.
 */
export class LiveQuery {
  readonly #services: LiveQueryServices
  readonly #viewers = new Set<() => void>()
  #shown: Shown | undefined
  /** How what is shown is told, by what is known already. */
  readonly #told = new Map<string | undefined, Uint8Array>()
  #reading: Promise<void> | undefined
  #isWanted = false
  #lastRead: Promise<unknown> = Promise.resolve()
  /** A read that has not begun. */
  #nextRead: Promise<Shown> | undefined
  #stopObserving: Cancel = () => {}

  constructor(services: LiveQueryServices) {
    this.#services = services
  }

  /** What is shown; undefined before the first read. */
  get shown(): Shown | undefined {
    return this.#shown
  }

  /**
   * What is shown, as it is told to who knows a state, or none. It is made once for all who know the same, which most do.
   *
   * @param make the same for all who are shown this query
   */
  told(known: string | undefined, make: () => Uint8Array): Uint8Array {
    const made = this.#told.get(known)
    if (made) return made
    const told = make()
    this.#told.set(known, told)
    return told
  }

  /** Calls back when it shows something else, until it is left by what is returned. */
  join(onShown: () => void): Cancel {
    const own = () => onShown()
    const isFirst = this.#viewers.size === 0
    if (isFirst) this.#stopObserving = this.#services.observe(() => this.#refresh())
    this.#viewers.add(own)
    // What was read earlier may have changed before it was observed.
    if (isFirst) this.#refresh()
    return () => {
      if (this.#viewers.delete(own) && this.#viewers.size === 0) this.#stopObserving()
    }
  }

  /**
   * Reads it, for who needs it as it is now: once for all who ask before that read begins.
   *
   * @throws what the store fails with
   */
  current(): Promise<Shown> {
    this.#nextRead ??= this.#readBehind(this.#lastRead)
    return this.#nextRead
  }

  #readBehind(before: Promise<unknown>): Promise<Shown> {
    const read = before.then(async () => {
      this.#nextRead = undefined
      return this.#show(await this.#services.read())
    })
    this.#lastRead = read.catch(() => {})
    return read
  }

  #refresh(): void {
    this.#isWanted = true
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined
    })
  }

  async #readOn(): Promise<void> {
    while (this.#isWanted && this.#viewers.size > 0) {
      this.#isWanted = false
      const rest = await this.current().then(
        () => REST,
        () => {
          this.#isWanted = true
          return REST_AFTER_FAILURE
        },
      )
      await pause(rest, undefined, { ref: false })
    }
  }

  #show(read: Shown): Shown {
    const before = this.#shown
    if (before?.tag === read.tag) return before
    const shown = before ? sharing(before, read) : read
    this.#shown = shown
    this.#told.clear()
    for (const onShown of [...this.#viewers]) onShown()
    return shown
  }
}

/** Who is slow keeps what was sent last: of what has not changed there is one text for all states. */
function sharing({ documents: before }: Shown, now: Shown): Shown {
  const documents = Array.from(now.documents, ([id, json]): [string, string] => {
    const known = before.get(id)
    return [id, known === json ? known : json]
  })
  return { ...now, documents: new Map(documents) }
}
