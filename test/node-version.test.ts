import { expect, test } from 'vitest'

test('tests run on Node 24 or later, whatever Node the host has', () => {
  expect(Number.parseInt(process.versions.node, 10)).toBeGreaterThanOrEqual(24)
})
