/** Options of every command that speaks to a running server. */
export interface OpsFlags {
  readonly url?: string
  readonly operatorKey?: string
  readonly app?: string
  /** Where the keys of a local start are. */
  readonly data?: string
  readonly json?: true
}

export interface RebuildFlags extends OpsFlags {
  readonly detach?: true
  readonly stop?: true
  readonly cancel?: true
  readonly accept?: readonly string[]
  readonly rollBack?: true
}

export interface StreamsFlags extends OpsFlags {
  readonly limit: string
}

export interface EventsFlags extends StreamsFlags {
  readonly follow?: true
  readonly type?: string
  readonly aggregate?: string
}

/** Which letter is meant when a stream has several. */
export interface LetterFlags extends OpsFlags {
  readonly document?: string
  readonly timer?: string
}

export interface DiscardFlags extends LetterFlags {
  readonly reason: string
}
