interface Page extends EventTarget {
  readonly visibilityState: string
}

declare const document: Page | undefined

const page = () => (typeof document === 'undefined' ? undefined : document)

/** Whether people can see the page; where there is none, always. */
export function isVisible(): boolean {
  return page()?.visibilityState !== 'hidden'
}

/** Calls back when the page is shown or hidden, until what is returned is called. */
export function onVisibility(listener: () => void): () => void {
  const shown = page()
  shown?.addEventListener('visibilitychange', listener)
  return () => shown?.removeEventListener('visibilitychange', listener)
}
