import type { Append } from 'weir/ports'

/** How many members a wave has at most, and how many characters of payload, but for one that is larger alone. */
const maxMembers = 1_000
const maxSize = 8 * 1024 * 1024

/**
 * Cuts a group into waves, each of which is appended at once. Within a wave
 *
 * 1. no stream that is written occurs in two members: so each is judged by what was there before the wave;
 * 2. no command id occurs twice. A member that bears one twice is a wave of its own.
 */
export function cutIntoWaves(group: readonly Append[]): Append[][] {
  const waves: Append[][] = []
  let wave: Wave | undefined
  for (const member of group) {
    if (!wave?.hasRoomFor(member)) {
      wave = new Wave()
      waves.push(wave.members)
    }
    wave.add(member)
  }
  return waves
}

/** The first command id that a member bears for the second time, by its place among the commands; -1 when there is none. */
export function repeatedCommand({ commands }: Append): number {
  const ids = new Set<string>()
  return commands.findIndex(({ commandId }) => ids.size === ids.add(commandId).size)
}

class Wave {
  readonly members: Append[] = []
  readonly #touched = new Set<string>()
  readonly #written = new Set<string>()
  readonly #commands = new Set<string>()
  #size = 0
  #isClosed = false

  hasRoomFor(member: Append): boolean {
    const isFree = member.streams.every(({ stream, count }) => !(count > 0 ? this.#touched : this.#written).has(stream))
    if (this.#isClosed || !isFree || member.commands.some(({ commandId }) => this.#commands.has(commandId)))
      return false
    return this.members.length < maxMembers && this.#size + sizeOf(member) <= maxSize && repeatedCommand(member) < 0
  }

  add(member: Append): void {
    this.members.push(member)
    this.#size += sizeOf(member)
    this.#isClosed = repeatedCommand(member) >= 0
    for (const { stream, count } of member.streams) {
      this.#touched.add(stream)
      if (count > 0) this.#written.add(stream)
    }
    for (const { commandId } of member.commands) this.#commands.add(commandId)
  }
}

function sizeOf({ streams }: Append): number {
  return streams.reduce((size, { payload }) => size + payload.length, 0)
}
