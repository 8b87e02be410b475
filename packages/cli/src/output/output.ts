import { createLogger } from '@weir/http'
import type { Logger } from 'weir/ports'
import { banner, type StartedAt, startFields, type WorkingOn, workBanner, workFields } from './banner.ts'
import { goOnWithoutReader } from './broken-pipe.ts'
import { prettyLine } from './pretty.ts'

/** What a running server tells: to people when standard output is a terminal, else to programs, a line of JSON each. */
export interface Output {
  readonly logger: Logger
  announce(started: StartedAt): void
  /** The same of what only works. */
  announceWork(working: WorkingOn): void
  /** A line of structured log that somebody else has made; nothing if there is none. */
  print(line: string | undefined): void
}

export function openOutput(level: string): Output {
  goOnWithoutReader()
  return process.stdout.isTTY ? forPeople(level) : forPrograms(level)
}

function forPeople(level: string): Output {
  const output = standardOutput(prettyLine)
  return {
    logger: createLogger({ level, destination: output }),
    print: (line) => line && output.write(line),
    announce: (started) => void process.stdout.write(banner(started)),
    announceWork: (working) => void process.stdout.write(workBanner(working)),
  }
}

function forPrograms(level: string): Output {
  const output = standardOutput((line) => line)
  const logger = createLogger({ level, destination: output })
  return {
    logger,
    print: (line) => line && output.write(line),
    announce: (started) => logger.info(startFields(started), 'listening'),
    announceWork: (working) => logger.info(workFields(working), 'working'),
  }
}

/** Not pino's own: that one waits for ever at the end of the process when nobody reads any more. */
function standardOutput(format: (line: string) => string): { write(line: string): void } {
  return { write: (line) => void process.stdout.write(format(line)) }
}
