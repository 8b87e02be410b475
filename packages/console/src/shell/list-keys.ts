const stop = '[data-search], th[scope="row"] a'
const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

/**
 * Moves the keyboard up and down in the list of a screen: from its search field to the rows, and from row to row.
 *
 * @returns whether the key did that
 */
export function moveInList({ key, target }: Pick<KeyboardEvent, 'key' | 'target'>, screen: HTMLElement): boolean {
  const step = steps[key]
  const stops = [...screen.querySelectorAll<HTMLElement>(stop)]
  const here = stops.indexOf(target as HTMLElement)
  const next = step === undefined || here < 0 ? undefined : stops[here + step]
  next?.focus()
  return next !== undefined
}
