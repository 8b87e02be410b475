import { expect, test } from 'vitest'
import { kept } from './kept.ts'

const blocked = () => {
  throw new DOMException('The operation is insecure', 'SecurityError')
}

test('where storage is blocked, memory keeps what is to be kept', () => {
  const store = kept(blocked)
  expect(store.getItem('key')).toBeNull()
  store.setItem('key', 'secret')
  expect(store.getItem('key')).toBe('secret')
  store.removeItem('key')
  expect(store.getItem('key')).toBeNull()
})

test('where it is not, the browser keeps it, and nothing else does', () => {
  const texts = new Map<string, string>()
  const store = kept(() => ({
    getItem: (name) => texts.get(name) ?? null,
    setItem: (name, text) => void texts.set(name, text),
    removeItem: (name) => void texts.delete(name),
  }))
  store.setItem('key', 'secret')
  expect(texts.get('key')).toBe('secret')
  texts.delete('key')
  expect(store.getItem('key')).toBeNull()
})
