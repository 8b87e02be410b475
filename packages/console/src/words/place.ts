/** A whole number from 0 to `last`, as an address has it; undefined if it is none, the last if it is more. */
export function placeIn(text: string | undefined, last: number): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined
  return Math.min(Number(text), last)
}
