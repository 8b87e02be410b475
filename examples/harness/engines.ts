import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteEngine } from '@weir/engine-sqlite'
import { memoryEngine } from 'weir/memory'
import type { OpenEngine } from 'weir/ports'

/** A place of its own to keep data in, and how to clear it away. */
export interface Store {
  readonly engine: OpenEngine
  dispose(): void
}

/** Every engine that the examples are tested on. */
export const engines: Readonly<Record<string, () => Store>> = {
  memory: () => ({ engine: memoryEngine(), dispose: () => {} }),
  sqlite: () => {
    const directory = mkdtempSync(join(tmpdir(), 'weir-examples-'))
    return {
      engine: sqliteEngine({ directory }),
      dispose: () => rmSync(directory, { recursive: true, force: true }),
    }
  },
}
