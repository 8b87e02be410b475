/** A way to take deposits into accounts, whose events are in DynamoDB. */
export interface Contender {
  readonly name: string
  /** Resolves to the account's version when the event is durable. */
  deposit(
    account: string,
    input: { readonly amount: number; readonly currency: string; readonly reference: string },
  ): Promise<number>
  /** Resolves when all that goes on behind deposits is done. */
  settled(): Promise<void>
  versionOf(account: string): Promise<number>
  close(): Promise<void>
}
