import { loadApps, placeApps } from './apps/load.ts'
import { followLoadedFiles } from './apps/loaded-files.ts'
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
    start: (path, flags) =>
      serveApps(async () => {
        followLoadedFiles()
        const { apps, services } = await loadApps(path)
        return { apps: placeApps(apps), services }
      }, flags),
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
