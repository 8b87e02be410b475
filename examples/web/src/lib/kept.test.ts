import { afterEach, describe, expect, test, vi } from 'vitest'
import { kept } from './kept.ts'

afterEach(() => vi.unstubAllGlobals())

describe('what is kept', () => {
  test('is there until it is forgotten', () => {
    const stored = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => stored.set(name, value),
      removeItem: (name: string) => stored.delete(name),
    })
    kept.set('colour', 'dark')
    expect(kept.get('colour')).toBe('dark')
    kept.set('colour', undefined)
    expect(kept.get('colour')).toBeUndefined()
  })

  test('is nothing where storage is forbidden', () => {
    vi.stubGlobal('localStorage', undefined)
    kept.set('colour', 'dark')
    expect(kept.get('colour')).toBeUndefined()
  })
})
