import type { Screen } from '../route/route.ts'

/** Keys and what they do; the help shows them from here. */

export type KeyAction = 'palette' | 'help' | 'search' | 'prefix' | { readonly screen: Screen } | undefined

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target'>

export const goTo: readonly { readonly key: string; readonly screen: Screen; readonly name: string }[] = [
  { key: 'o', screen: 'overview', name: 'Overview' },
  { key: 's', screen: 'streams', name: 'Streams' },
  { key: 'l', screen: 'events', name: 'Live tail' },
  { key: 'p', screen: 'projections', name: 'Projections' },
  { key: 'r', screen: 'policies', name: 'Policies' },
  { key: 't', screen: 'timers', name: 'Timers' },
  { key: 'd', screen: 'dead-letters', name: 'Dead letters' },
]

/**
 * What a key does where nothing else has taken it.
 *
 * @param before the key that was pressed last, if it begins something
 */
export function actionOf({ key, ctrlKey, metaKey, altKey, target }: Key, before: string): KeyAction {
  if ((ctrlKey || metaKey) && !altKey) return key.toLowerCase() === 'k' ? 'palette' : undefined
  if (altKey || isTyping(target)) return undefined
  if (before === 'g') {
    const found = goTo.find((one) => one.key === key)
    return found && { screen: found.screen }
  }
  if (key === 'g') return 'prefix'
  if (key === '?') return 'help'
  return key === '/' ? 'search' : undefined
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as {
    readonly tagName?: string
    readonly type?: string
    closest?: (query: string) => unknown
  } | null
  if (element?.closest?.('dialog')) return true
  return (
    /^(TEXTAREA|SELECT)$/.test(element?.tagName ?? '') || (element?.tagName === 'INPUT' && element.type !== 'range')
  )
}
