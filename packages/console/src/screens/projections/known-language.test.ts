import { expect, test } from 'vitest'
import { inKnownLanguage } from './known-language.ts'

/** Tells its language as browsers do, which have it from what they are made from. */
const browserOf = (language: string): { readonly language: string } => Object.create({ language })

test.each([
  ['de-CH', 'de-CH'],
  ['en-US@posix', 'en-US'],
  ['', 'en-US'],
])('what is loaded where the language is %j sees %j', async (language, seen) => {
  const browser = browserOf(language)
  expect(await inKnownLanguage(async () => browser.language, browser)).toBe(seen)
  expect(browser.language).toBe(language)
})

test('the language is told again when nothing could be loaded', async () => {
  const browser = browserOf('en-US@posix')
  await expect(inKnownLanguage(() => Promise.reject(new Error('no network')), browser)).rejects.toThrow('no network')
  expect(browser.language).toBe('en-US@posix')
})
