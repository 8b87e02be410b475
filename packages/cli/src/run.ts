import type { App } from 'weir'
import { placeByName } from './apps/load.ts'
import type { ServiceSupply } from './apps/services.ts'
import { orExplain } from './explain.ts'
import { endWithoutReader } from './output/broken-pipe.ts'
import { createServerProgram, parse } from './program.ts'
import { serveApps } from './serve.ts'
import { quietWarnings } from './warnings.ts'

export interface RunOptions {
  /** The command line, without the program; that of the process if not given. */
  readonly args?: readonly string[]
  /** How people call the program, for its help; `npm start --` if not given. */
  readonly name?: string
  /** What the services that policies declare are implemented by. */
  readonly services?: ServiceSupply
  /** Gives the folder of built pages that are shown at `/`; called when the server is about to start. */
  readonly pages?: () => Promise<string>
}

/**
 * Serves applications on one server, each under its own name, as `weir start` does: it takes `--port`, `--data` and
 * `--host` from the command line, answers until the process is told to stop, and explains what keeps it from starting.
 * The commands `work`, `migrate` and `check` do to these applications what they do as commands of `weir`.
 *
 * @example await run([boxOffice, helpdesk]) // /box-office and /helpdesk
 * @example await run([coffee], { services: [provide(PaymentGateway, gateway)] })
 */
export async function run(apps: readonly App[], options: RunOptions = {}): Promise<void> {
  const { args = process.argv.slice(2), name = 'npm start --', services = [], pages } = options
  quietWarnings()
  endWithoutReader()
  const load = async () => ({ apps: placeByName(apps), services })
  const program = createServerProgram(name, load, async (flags) => {
    const given = flags.pages !== undefined || pages === undefined
    await serveApps(load, given ? flags : { ...flags, pages: await pages() })
  })
  await orExplain(async () => {
    const exitCode = await parse(program, args)
    if (exitCode !== undefined) process.exitCode = exitCode
  })
}
