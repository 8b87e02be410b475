import { existsSync, type FSWatcher, watch } from 'node:fs'
import { dirname, join } from 'node:path'

/** Editors write a file in several steps. */
const calm = 40

/**
 * Watches files, also those that are not there yet. Folders are what is watched, so that a file that is replaced, as many
 * editors do, is followed too.
 */
export class Watcher {
  readonly #files = new Set<string>()
  readonly #folders = new Map<string, FSWatcher>()
  readonly #changed = new Set<string>()
  readonly #onChange: (files: readonly string[]) => void
  #timer: NodeJS.Timeout | undefined

  constructor(onChange: (files: readonly string[]) => void) {
    this.#onChange = onChange
  }

  /** @param file its absolute path */
  add(file: string): void {
    this.#files.add(file)
    const folder = dirname(file)
    if (this.#folders.has(folder)) return
    if (!existsSync(folder)) return this.add(folder)
    const watcher = watch(folder, (_, name) => {
      if (name !== null) this.#noteChange(join(folder, name))
    })
    watcher.on('error', () => this.#forget(folder))
    this.#folders.set(folder, watcher)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const folder of [...this.#folders.keys()]) this.#forget(folder)
  }

  #noteChange(file: string): void {
    if (!this.#files.has(file)) return
    this.#changed.add(file)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const files = [...this.#changed]
      this.#changed.clear()
      this.#onChange(files)
    }, calm)
  }

  #forget(folder: string): void {
    this.#folders.get(folder)?.close()
    this.#folders.delete(folder)
  }
}
