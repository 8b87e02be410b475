import { expect, test } from 'vitest'
import { actionOf } from './shortcuts.ts'

const press = (key: string, given: object = {}, before = '') =>
  actionOf({ key, ctrlKey: false, metaKey: false, altKey: false, target: null, ...given }, before)
const typing = (tagName: string, type = 'text') => ({ target: { tagName, type } as never })

test('g leads to a screen with the next key, and with no other', () => {
  expect(press('g')).toBe('prefix')
  expect(press('d', {}, 'g')).toEqual({ screen: 'dead-letters' })
  expect(press('x', {}, 'g')).toBeUndefined()
  expect(press('d')).toBeUndefined()
})

test('whoever types is left alone, but for the palette', () => {
  expect(press('?', typing('INPUT'))).toBeUndefined()
  expect(press('g', typing('TEXTAREA'))).toBeUndefined()
  expect(press('?', typing('INPUT', 'range'))).toBe('help')
  expect(press('k', { ...typing('INPUT'), ctrlKey: true })).toBe('palette')
  expect(press('K', { metaKey: true })).toBe('palette')
})

test('what belongs to the browser stays with it', () => {
  expect(press('?', { altKey: true })).toBeUndefined()
  expect(press('f', { ctrlKey: true })).toBeUndefined()
})
