import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Kept } from '../emulators/kept.ts'
import { LocalCloudError } from '../errors.ts'
import { type Assembly, readAssembly } from '../template/assembly.ts'
import { type Door, listen } from './door.ts'
import { lock } from './lock.ts'
import { Log } from './log.ts'
import type { LocalCloudOptions, Progress } from './options.ts'

/** What a local cloud stands on, before anything of its template runs. */
export interface Ground {
  readonly options: LocalCloudOptions
  readonly onProgress: (progress: Progress) => void
  readonly assembly: Assembly
  readonly region: string
  /** The folder of its data, as an absolute path. */
  readonly folder: string
  readonly door: Door
  readonly kept: Kept
  readonly log: Log
}

/** @throws LocalCloudError when there is nothing to be run, or folder or port cannot be had */
export async function layGround(options: LocalCloudOptions, opened: AsyncDisposableStack): Promise<Ground> {
  const { port = 0, host = '127.0.0.1', onProgress = () => {}, onLog = () => {} } = options
  const assembly = readAssembly(options.cdkOut)
  const folder = prepare(options.data)
  opened.defer(lock(folder))
  const door = await listen(port, host)
  opened.defer(door.close)
  const kept = new Kept(folder)
  opened.defer(() => kept.write())
  const log = new Log(folder, onLog)
  opened.defer(() => log.close())
  return { options, onProgress, assembly, region: assembly.region, folder, door, kept, log }
}

function prepare(data: string): string {
  const folder = resolve(data)
  try {
    mkdirSync(join(folder, 'code'), { recursive: true })
    return folder
  } catch (error) {
    const { message } = error as Error
    throw new LocalCloudError(`The folder ${data} cannot be used: ${message}. Choose another with --data.`, {
      cause: error,
    })
  }
}
