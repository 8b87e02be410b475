import type { FunctionRole } from '../../contract/index.ts'

interface Size {
  readonly timeoutSeconds: number
  /** Lambda gives CPU by memory: 1,769 MB are one. */
  readonly memoryMegabytes: number
}

/** An HTTP API waits for 30 seconds; a task, a scan and a deployment may take all that Lambda gives. */
const sizes: Readonly<Record<FunctionRole, Size>> = {
  api: { timeoutSeconds: 29, memoryMegabytes: 1024 },
  operations: { timeoutSeconds: 29, memoryMegabytes: 1024 },
  publisher: { timeoutSeconds: 60, memoryMegabytes: 512 },
  projection: { timeoutSeconds: 60, memoryMegabytes: 1024 },
  policy: { timeoutSeconds: 60, memoryMegabytes: 512 },
  sweep: { timeoutSeconds: 55, memoryMegabytes: 512 },
  reconcile: { timeoutSeconds: 900, memoryMegabytes: 512 },
  rebuild: { timeoutSeconds: 900, memoryMegabytes: 1769 },
  migrate: { timeoutSeconds: 600, memoryMegabytes: 512 },
}

const longestSeconds = 900

/** How much memory a function has. */
export function memoryOf(role: FunctionRole): number {
  return sizes[role].memoryMegabytes
}

/**
 * How long a function may take, in seconds.
 *
 * @param handler the longest that one call of a policy's handler may take, in milliseconds: two of them have room
 */
export function timeoutOf(role: FunctionRole, handler = 0): number {
  return Math.min(Math.max(sizes[role].timeoutSeconds, Math.ceil(handler / 1000) * 2), longestSeconds)
}
