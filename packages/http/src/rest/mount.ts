import type { Runtime } from 'weir/runtime'

/** A running application and the path that it is served under. */
export interface Mount {
  /** `''` for the root, or `/box-office`. */
  readonly base: string
  readonly runtime: Runtime
}
