/** What is paid into an account: as the input of `Account.commands.deposit`. */
export interface Deposit {
  readonly amount: number
  readonly currency: string
  readonly reference: string
}

/** `few`: a document an account. `many`: a document an event. */
export type ReadModel = 'few' | 'many'

/** What a read model holds, so that it can be compared with what was recorded. */
export interface Summary {
  readonly documents: number
  /** Of the amounts, or balances, of all documents; and the least and the largest of them. */
  readonly total: number
  readonly least: number
  readonly most: number
}

/** A system that takes deposits into accounts, opened on a place of its own. Every answer means that the event is durable. */
export interface Contender {
  /** Makes an account and pays into it. Answers the account's version, which must be 1. */
  create(input: Deposit): Promise<number>
  /** Pays into an account, trying again when another was quicker. Answers the account's version. */
  deposit(account: string, input: Deposit): Promise<number>
  /** Pays so often into an account by the quickest way that it has: to prepare a work, not to be measured. */
  record(account: string, deposits: number, input: Deposit): Promise<void>
  /** How many events the account has had, counted where the system lets them be read one by one. */
  versionOf(account: string): Promise<number>
  /** How many events are in the store, counted in the same way. */
  events(): Promise<number>
  /** Resolves when all that goes on behind commands is done; what is measured of commands ends then. */
  settled?(): Promise<void>
  /** Folds what is recorded and not folded yet; resolves when the read model holds all of so many events. */
  fold?(model: ReadModel, events: number): Promise<void>
  /** Folds all of history anew into a read model that is there. */
  rebuild?(model: ReadModel, events: number): Promise<void>
  /** Stops what folds behind commands, if anything does. */
  rest?(): Promise<void>
  /** The balance that the read model shows after a deposit, waited for if need be: `undefined` as long as it lacks it. */
  balance?(account: string): Promise<number | undefined>
  summary?(model: ReadModel): Promise<Summary>
  /** Calls that failed and were tried again, by their error. */
  readonly failures?: ReadonlyMap<string, number>
  close(): Promise<void>
}

/**
 * What a module of a contender exports.
 *
 * @param place a folder, the URL of a database, or an endpoint: see `places.ts`
 * @param setting one of those that `contenders.ts` lists for it
 */
export type Open = (place: string, setting: string) => Promise<Contender>
