/** What is wrong with a key before it is sent; undefined when it may be good. */
export function faultOfKey(key: string): string | undefined {
  if (key === '') return 'Enter a key.'
  if (!/^[\x21-\x7e]+$/.test(key)) return 'A key holds letters, digits and signs of ASCII only, and no spaces.'
  return undefined
}
