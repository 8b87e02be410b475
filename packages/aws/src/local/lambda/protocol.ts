/** What the thread of an environment is told when it starts. */
export interface EnvironmentData {
  /** The module of the handler, as a file URL. */
  readonly module: string
  /** What the module exports it as. */
  readonly handler: string
  /** One number: how many invocations were sent. The thread sleeps on it. */
  readonly sent: SharedArrayBuffer
  /** Milliseconds that its time is ahead of the machine's. */
  readonly ahead: number
}

/** One call of a handler. */
export interface Invocation {
  readonly requestId: string
  /** JSON. */
  readonly event: string
  readonly context: { readonly functionName: string; readonly arn: string; readonly memory: number }
  /** When its time is up, in milliseconds since 1970. */
  readonly deadline: number
  readonly death: Death | undefined
}

/** Where an environment dies, as if its machine had lost power. */
export interface Death {
  /** The call that it dies at, counted from 1: those to the ports of `to`, or of them those whose bytes hold `holding`. */
  readonly call: number
  /** The port of the service that is called. */
  readonly port: number
  readonly holding?: string
  /** `before` the call leaves, or `after` it has been answered: the answer is not seen any more. */
  readonly when: 'before' | 'after'
}

export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly stackTrace?: readonly string[]
}

/** What the thread says. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'wrote'; readonly text: string }
  | { readonly kind: 'answered'; readonly result: string }
  | { readonly kind: 'threw'; readonly error: FunctionError }
  | { readonly kind: 'dying' }
