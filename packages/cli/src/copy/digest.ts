import { hash } from 'node:crypto'
import type { CommandRecord, Commit } from 'weir/ports'

/** 32-bit words of a SHA-256. */
const WORDS = 8

/**
 * A hash over a set of things, in whatever order they come: the sum of their SHA-256, word by word. Two sets with the same
 * sum are the same, as far as nobody makes them so on purpose.
 */
export class Sum {
  readonly #words = new Uint32Array(WORDS)

  add(text: string): void {
    const digest = hash('sha256', text, 'buffer')
    for (let word = 0; word < WORDS; word += 1) {
      this.#words[word] = (this.#words[word] as number) + digest.readUInt32LE(word * 4)
    }
  }

  equals(other: Sum): boolean {
    return this.#words.every((word, index) => word === other.#words[index])
  }

  toString(): string {
    return Array.from(this.#words, (word) => word.toString(16).padStart(8, '0')).join('')
  }
}

/** All of a commit, as one text: a name has no U+0000. Its version says where it stands in its stream. */
export function textOf({ stream, version, count, payload }: Commit): string {
  return `${stream}\0${version}\0${count}\0${payload}`
}

export function textOfCommand({ commandId, stream, version, count, hash: ofInput }: CommandRecord): string {
  return `${commandId}\0${stream}\0${version}\0${count}\0${ofInput}`
}
