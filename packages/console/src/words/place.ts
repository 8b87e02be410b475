/** A whole number from 0 to `last`, as an address has it; undefined if it is none, or more. */
export function placeIn(text: string | undefined, last: number): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined
  return Number(text) <= last ? Number(text) : undefined
}

/**
 * What is to be said of places that an address has, when one of them is none; undefined when all are.
 *
 * @param unit what a place is called, such as version
 */
export function faultOfPlaces(texts: readonly (string | undefined)[], last: number, unit: string): string | undefined {
  const wrong = texts.find((text) => text !== undefined && placeIn(text, last) === undefined)
  return wrong === undefined ? undefined : `There is no ${unit} ‘${wrong}’ here: they go from 0 to ${last}.`
}
