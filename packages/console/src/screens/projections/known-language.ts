/**
 * Loads something that asks for the browser's language and takes it for one: some systems tell browsers what is none, such
 * as `en-US@posix`, at which `Intl` throws. Then English is told while it loads.
 */
export async function inKnownLanguage<T>(
  load: () => Promise<T>,
  teller: { readonly language: string } = navigator,
): Promise<T> {
  if (isKnown(teller.language)) return load()
  Object.defineProperty(teller, 'language', { value: 'en-US', configurable: true })
  try {
    return await load()
  } finally {
    // What browsers tell of themselves stands behind what was put before it.
    Reflect.deleteProperty(teller, 'language')
  }
}

function isKnown(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0
  } catch {
    return false
  }
}
