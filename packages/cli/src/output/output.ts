import { createLogger } from '@weir/http'
import type { Logger } from 'weir/ports'
import { banner, type StartedAt, startFields } from './banner.ts'
import { prettyLine } from './pretty.ts'

/** What a running server tells: to people when standard output is a terminal, else to programs, a line of JSON each. */
export interface Output {
  readonly logger: Logger
  announce(started: StartedAt): void
}

export function openOutput(logLevel: string): Output {
  // Whoever read this may have gone away; that is no reason to stop serving.
  process.stdout.on('error', ignoreBrokenPipe)
  return process.stdout.isTTY ? forPeople(logLevel) : forPrograms(logLevel)
}

function forPeople(level: string): Output {
  const destination = { write: (line: string) => void process.stdout.write(prettyLine(line)) }
  return {
    logger: createLogger({ level, destination }),
    announce: (started) => void process.stdout.write(banner(started)),
  }
}

function forPrograms(level: string): Output {
  const logger = createLogger({ level })
  return { logger, announce: (started) => logger.info(startFields(started), 'listening') }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
