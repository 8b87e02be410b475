import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Lockfile = { packages: Record<string, { resolved?: string }> }

test('package-lock.json names no registry host, so that every mirror serves it', () => {
  const lockfile: Lockfile = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
  const entries = Object.entries(lockfile.packages)
  expect(entries.length).toBeGreaterThan(0)
  const hosts = entries.filter(([, { resolved }]) => resolved?.includes('://')).map(([path]) => path)
  expect(hosts, 'entries with a host: run npm install with the .npmrc of this project').toEqual([])
})
