import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'

test('a page loads less than 5 KB for the client, and nothing else with it', async () => {
  const input = fileURLToPath(new URL('index.ts', import.meta.url))
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, rolldownOptions: { input, preserveEntrySignatures: 'strict' } },
  })
  const { output } = built as Rolldown.RolldownOutput
  const code = output.map((file) => (file.type === 'chunk' ? file.code : '')).join('')
  expect(output).toHaveLength(1)
  expect(code).not.toContain('node:')
  expect(gzipSync(code).length).toBeLessThan(5_120)
})
