import { Socket } from 'node:net'
import type { Death } from './protocol.ts'

/**
 * Ends this thread at a call to a service: it stands still for ever, and its owner takes it away.
 *
 * @param dying tells the owner
 * @returns takes the death back, for an invocation that ended before it
 */
export function dieAt({ call, port, holding, when }: Death, dying: () => void): () => void {
  const { write, push } = Socket.prototype
  const doomed = new WeakSet<Socket>()
  let calls = 0
  Socket.prototype.write = function (this: Socket, ...args: Parameters<typeof write>) {
    if (this.remotePort === port && holds(args[0], holding) && ++calls === call) {
      if (when === 'before') die(dying)
      doomed.add(this)
    }
    return write.apply(this, args)
  } as typeof write
  Socket.prototype.push = function (this: Socket, ...args: Parameters<typeof push>) {
    if (doomed.has(this)) die(dying)
    return push.apply(this, args)
  }
  return () => {
    Socket.prototype.write = write
    Socket.prototype.push = push
  }
}

function holds(data: unknown, text: string | undefined): boolean {
  if (text === undefined) return true
  return (typeof data === 'string' ? data : Buffer.from(data as Uint8Array).toString('latin1')).includes(text)
}

function die(dying: () => void): void {
  dying()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
