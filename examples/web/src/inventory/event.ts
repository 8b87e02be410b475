/** The stream whose items are shown. */
export const shownStream = 'eb724435-02cb-4c68-9d7a-4b6471c5a810'

/** The event types that change items. */
export const known = [
  { type: 'ITEM_CREATED', title: 'Item created', hasAmount: true },
  { type: 'ITEM_AMOUNT_CHANGED', title: 'Amount changed', hasAmount: true },
  { type: 'ITEM_DELETED', title: 'Item deleted', hasAmount: false },
] as const

/** Reads an object that was written as JSON; undefined if it is none. */
export function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
