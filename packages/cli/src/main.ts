import { loadPlaced } from './apps/load.ts'
import { orExplain } from './explain.ts'
import { endWithoutReader } from './output/broken-pipe.ts'
import { createProgram, parse } from './program.ts'
import { serveApps } from './serve.ts'
import { quietWarnings } from './warnings.ts'

/** What the command `weir` does. */
export async function main(args: readonly string[]): Promise<void> {
  quietWarnings()
  endWithoutReader()
  const program = createProgram({
    start: (path, flags) => serveApps(() => loadPlaced(path, 'weir start'), flags),
    dev: async (path, flags) => {
      const { dev } = await import('./dev/dev.ts')
      await dev(path, flags)
    },
    work: async (path, flags) => {
      const { work } = await import('./dev/worker.ts')
      await work(path, flags)
    },
  })
  await orExplain(async () => {
    const exitCode = await parse(program, args)
    if (exitCode !== undefined) process.exitCode = exitCode
  })
}
