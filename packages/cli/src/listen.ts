import type { Server } from '@weir/http'
import { CliError } from './errors.ts'
import { asTyped } from './npm-script.ts'
import type { Settings } from './settings.ts'

/**
 * Says why a server could not listen, and what to do about it.
 *
 * @throws CliError
 */
export async function orExplainServer(listening: () => Promise<Server>, settings: Settings): Promise<Server> {
  try {
    return await listening()
  } catch (error) {
    throw new CliError(explainServer(error as Error, settings), { cause: error })
  }
}

function explainServer({ message, cause }: Error, { port, host }: Settings): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program. Stop that, or choose another port: ${withPort(freeGuess(port))}`
  }
  if (code === 'EACCES')
    return `Port ${port} needs rights that this user lacks. Choose one from 1024: ${withPort(3000)}`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `This machine has no address '${host}'. Choose another with --host: 127.0.0.1, or 0.0.0.0 for all.`
  }
  return message
}

function withPort(port: number): string {
  return asTyped(`--port ${port}`, process.env)
}

function freeGuess(port: number): number {
  return port < 65_535 ? port + 1 : 0
}

/** The address as people on this machine would type it. */
export function addressOf({ url, port }: Server, { host }: Settings): string {
  return host === '127.0.0.1' || host === 'localhost' ? `http://localhost:${port}` : url
}
