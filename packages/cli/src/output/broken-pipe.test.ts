import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const weir = fileURLToPath(new URL('../../bin/weir.js', import.meta.url))

test('a command ends without a word when nobody reads what it writes', async () => {
  const child = spawn(process.execPath, [weir, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect({ said, code }).toEqual({ said: '', code: 141 })
})
