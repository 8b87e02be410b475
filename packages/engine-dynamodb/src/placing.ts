import { partitionOf } from 'weir/ports'
import type { SetAside } from './aside.ts'
import type { Item } from './batch-get.ts'
import { type CommitKey, Commits, commitKeyOf } from './commits.ts'
import { Dynamo, type DynamoOptions } from './dynamo.ts'
import { type Identity, identify } from './epoch.ts'
import { Heads } from './heads.ts'
import { LostRecords } from './lost-records.ts'
import type { Page } from './page.ts'
import { Pages } from './pages.ts'
import { isWhole, type Pass, PassNote } from './pass.ts'
import { Placer } from './placer.ts'
import { reconcile } from './reconcile.ts'
import { Records } from './records.ts'
import { describeTables } from './tables.ts'

/** A record of the stream of the table of events, as a function on AWS is given it. */
export interface StreamRecord {
  readonly dynamodb?: { readonly NewImage?: object | undefined } | undefined
}

/** A page of the feed that consumers have to hear of. */
export interface PlacedPage {
  readonly lane: number
  readonly page: number
  /** The streams of all commits in it. */
  readonly streams: readonly string[]
}

/** What was placed, and how far the table was read. */
export interface Reconciled {
  readonly pages: readonly PlacedPage[]
  /** Whether it was read to its end. */
  readonly isDone: boolean
  /** How many commits were read, with those that calls before have read that were gone on with. */
  readonly read: number
  /** About how many commits the table holds: DynamoDB counts them every six hours. */
  readonly of: number
}

export interface PlacingOptions extends DynamoOptions {
  /** Told of each stream that waits because a version of it is missing, each time that commits of it come. */
  readonly onSetAside?: ((aside: SetAside) => void) | undefined
}

/** Places the commits of an application in its feed, for all who append and do not place. */
export interface Placing {
  /**
   * Places the commits that records tell of, with what is missing before them. Doing so again does no harm. A stream of which
   * a version is lost is set aside: `reconcile` goes on with it once the version is there again.
   *
   * @returns the pages that they are in, or later ones of their streams; also of what others have placed already, since these
   * may have told nobody
   */
  placeRecords(records: readonly StreamRecord[]): Promise<PlacedPage[]>
  /**
   * Reads the whole table for what nobody has placed, and places it. In tables that were restored it puts back, too, what
   * the index has lost of records of commands.
   *
   * @param goesOn begins where an earlier call was stopped, of any process, and keeps how far it has come; else it reads all
   * @param signal stops it in good order
   */
  reconcile(options?: { readonly goesOn?: boolean; readonly signal?: AbortSignal }): Promise<Reconciled>
  close(): void
}

/**
 * Opens the placing of commits of one application, as for a function that the stream of its table calls.
 *
 * @throws EngineError when DynamoDB cannot be used, or a table is missing
 * @example
 * const placing = await openPlacing({ tables: { events: 'shop-events', index: 'shop-index' } })
 * const pages = await placing.placeRecords(event.Records)
 */
export async function openPlacing(options: PlacingOptions): Promise<Placing> {
  const dynamo = new Dynamo(options)
  try {
    return new LanesPlacing(dynamo, await identify(dynamo), options)
  } catch (error) {
    dynamo.close()
    throw error
  }
}

class LanesPlacing implements Placing {
  readonly #dynamo: Dynamo
  readonly #lanes: number
  readonly #pages: Pages
  readonly #placer: Placer
  readonly #note: PassNote
  readonly #lost: LostRecords | undefined
  /** Pages that were placed since somebody asked. */
  #placed: PlacedPage[] = []

  constructor(dynamo: Dynamo, identity: Identity, { onSetAside = () => {} }: PlacingOptions) {
    const { lanes, epoch } = identity
    const [commits, heads] = [new Commits(dynamo), new Heads(dynamo)]
    this.#dynamo = dynamo
    this.#lanes = lanes
    this.#pages = new Pages(dynamo)
    this.#note = new PassNote(dynamo, epoch)
    this.#lost = LostRecords.after(identity, { dynamo, commits, heads, records: new Records(dynamo) })
    this.#placer = new Placer(lanes, {
      ...{ dynamo, commits, heads, pages: this.#pages, lost: this.#lost },
      placed: (lane, page) => this.#placed.push(toPlaced(lane, page)),
      setAside: onSetAside,
    })
  }

  async placeRecords(records: readonly StreamRecord[]): Promise<PlacedPage[]> {
    const commits = records.flatMap(({ dynamodb }) => {
      return dynamodb?.NewImage ? [commitKeyOf(dynamodb.NewImage as Item)] : []
    })
    await this.#placer.place(commits)
    const pages = this.#takePlaced()
    return [...pages, ...(await this.#placedByOthers(commits, pages))]
  }

  async reconcile({ goesOn = false, signal }: { goesOn?: boolean; signal?: AbortSignal } = {}): Promise<Reconciled> {
    const note = (pass: Pass) => this.#note.save(pass)
    const services = { dynamo: this.#dynamo, placer: this.#placer, lost: this.#lost }
    const from = goesOn ? await this.#note.load() : undefined
    const pass = await reconcile(services, { from, signal, ...(goesOn && { note }) })
    if (goesOn) await note(pass)
    const { events } = await describeTables(this.#dynamo)
    const of = Math.max(events.ItemCount ?? 0, pass.read)
    return { pages: this.#takePlaced(), isDone: isWhole(pass), read: pass.read, of }
  }

  close(): void {
    this.#dynamo.close()
  }

  #takePlaced(): PlacedPage[] {
    const placed = this.#placed
    this.#placed = []
    return placed
  }

  /** The pages of the newest commits of streams, but for those that are known. */
  async #placedByOthers(commits: readonly CommitKey[], known: readonly PlacedPage[]): Promise<PlacedPage[]> {
    const numbers = new Map<string, { lane: number; page: number }>()
    for (const { stream } of commits) {
      const lane = partitionOf(stream, this.#lanes)
      const page = this.#placer.headOf(stream)?.trail[0]?.page ?? 0
      numbers.set(`${lane} ${page}`, { lane, page })
    }
    for (const { lane, page } of known) numbers.delete(`${lane} ${page}`)
    const pages = [...numbers.values()].map(async ({ lane, page }) => {
      const found = await this.#pages.get(lane, page)
      return found ? [toPlaced(lane, found)] : []
    })
    return (await Promise.all(pages)).flat()
  }
}

function toPlaced(lane: number, { number, entries }: Page): PlacedPage {
  return { lane, page: number, streams: [...new Set(entries.map(({ stream }) => stream))] }
}
