import type { NodeKind } from '../../api/shapes.ts'

/** The kinds of parts that a story has, and the sign of each: told apart by shape, too. */
export const kinds: readonly NodeKind[] = ['request', 'command', 'event', 'policy']

/** Outlines in a square of 12. */
export const marks: Readonly<Record<NodeKind, string>> = {
  request: 'M1 2h5l5 4-5 4H1z',
  command: 'M2 2h8v8H2z',
  event: 'M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1z',
  policy: 'M6 0.5 11.5 6 6 11.5 0.5 6z',
}
