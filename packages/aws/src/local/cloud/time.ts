/** What time it is for functions. */
export interface Time {
  /** Milliseconds that it is ahead of the machine's. */
  ahead(): number
  /** From now on it is so many milliseconds later. */
  goAhead(milliseconds: number): void
}

/** @param start as ISO 8601; the machine's time if not given */
export function timeFrom(start: string | undefined): Time {
  let ahead = start === undefined ? 0 : Date.parse(start) - Date.now()
  return {
    ahead: () => ahead,
    goAhead: (milliseconds) => {
      ahead += milliseconds
    },
  }
}
