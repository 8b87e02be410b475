import { accessSync, constants, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { CliError } from './errors.ts'

/**
 * Makes the folder of the databases when it is not there.
 *
 * @returns its absolute path
 * @throws CliError when it cannot be written
 */
export function prepareDirectory(data: string): string {
  const directory = resolve(data)
  try {
    mkdirSync(directory, { recursive: true })
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    return directory
  } catch (error) {
    throw new CliError(
      `The data directory ${data} cannot be used: ${reasonOf(error as NodeJS.ErrnoException)}. ` +
        'Make it a folder that this user may write, or choose another with --data.',
      { cause: error },
    )
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'it, or a part of its path, is a file'
  if (code === 'EROFS') return 'the file system is read-only'
  return message
}
