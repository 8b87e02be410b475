import { CliError } from './errors.ts'

/**
 * Takes the variables of the file `.env` in the working directory into the environment. What the environment has already
 * stays as it is; without the file nothing happens.
 *
 * @throws CliError when there is a `.env` that cannot be read
 */
export function loadEnvironment(): void {
  try {
    process.loadEnvFile()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new CliError(`The file .env cannot be read: ${message}`, { cause: error })
  }
}
