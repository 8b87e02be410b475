import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LocalCloudError } from '../errors.ts'

/** Milliseconds within which what changes is written once. */
const gather = 100

/**
 * What a local cloud has to know when it is started again: texts by name, in a file of its folder that others cannot read.
 * Losing what was set last does no harm: it is done again.
 */
export class Kept {
  readonly #path: string
  readonly #texts: Map<string, string>
  #timer: NodeJS.Timeout | undefined

  /** @throws LocalCloudError when the file cannot be read */
  constructor(folder: string) {
    this.#path = join(folder, 'cloud.json')
    this.#texts = new Map(Object.entries(read(this.#path)))
  }

  get(name: string): string | undefined {
    return this.#texts.get(name)
  }

  set(name: string, text: string): void {
    this.#texts.set(name, text)
    this.#timer ??= setTimeout(() => this.write(), gather).unref()
  }

  /** What is kept by this name, which is made at the first time. */
  once(name: string, make: () => string): string {
    const found = this.get(name)
    if (found !== undefined) return found
    const made = make()
    this.#texts.set(name, made)
    this.write()
    return made
  }

  /** Writes it now. */
  write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const aside = `${this.#path}.new`
    writeFileSync(aside, `${JSON.stringify(Object.fromEntries(this.#texts), undefined, 2)}\n`, { mode: 0o600 })
    renameSync(aside, this.#path)
  }
}

function read(path: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    throw new LocalCloudError(`${path} cannot be read: ${message}. Remove the folder to begin anew.`, { cause: error })
  }
}
