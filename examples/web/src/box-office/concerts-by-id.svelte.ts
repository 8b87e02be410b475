import { boxOffice, type Concert } from '../lib/apis.ts'

/** The concerts of tickets, each read once. */
export class ConcertsById {
  #known: ReadonlyMap<string, Concert> = $state.raw(new Map())
  readonly #asked = new Set<string>()

  get(id: string): Concert | undefined {
    return this.#known.get(id)
  }

  /** Reads those that are not known yet; a ticket is shown without its concert until then. */
  need(tickets: readonly { readonly concertId: string }[]): void {
    for (const { concertId } of tickets) if (!this.#asked.has(concertId)) void this.#read(concertId)
  }

  async #read(id: string): Promise<void> {
    this.#asked.add(id)
    const concert = await boxOffice.get('/concerts/:id', { id }).catch(() => undefined)
    if (concert) this.#known = new Map([...this.#known, [id, concert]])
    else this.#asked.delete(id)
  }
}
