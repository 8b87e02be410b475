import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { oneLine, shellWord, visible, visibleLines } from './visible.ts'

test.each([
  ['the screen is cleared: \x1b[2J', String.raw`the screen is cleared: \x1b[2J`],
  ['the same in one character: \x9b2J', String.raw`the same in one character: \x9b2J`],
  [
    'back to the start\r, a line more\n, a bell\x07, gone\x7f',
    String.raw`back to the start\x0d, a line more\x0a, a bell\x07, gone\x7f`,
  ],
  ['read backwards: \u202etxt.exe\u2069 \u061c', String.raw`read backwards: \u{202e}txt.exe\u{2069} \u{61c}`],
  ['Zoë pays 5 €, 猫 👩‍👩‍👧 שלום', 'Zoë pays 5 €, 猫 👩‍👩‍👧 שלום'],
])('%j is shown, not obeyed', (text, shown) => {
  expect(visible(text)).toBe(shown)
})

test('lines and tabs stay where there may be several', () => {
  expect(visibleLines('a\n\tb\x1b')).toBe('a\n\tb\\x1b')
  expect(oneLine('a\n\t b\x1b')).toBe('a b\\x1b')
})

test.each(['concert-4f12', 'a b', "it's", '$(reboot)', '`id`; ls #', '!!', 'a\\b', '', 'ü', "\x1b]0;'\\\u202e\x9bf\n"])(
  'a shell reads %j back from its word, which holds nothing that a terminal obeys',
  (text) => {
    const word = shellWord(text)
    expect(visible(word)).toBe(word)
    expect(execFileSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' })).toBe(text)
  },
)

test('a plain name needs no quotes', () => {
  expect(shellWord('concert-4f12')).toBe('concert-4f12')
})
