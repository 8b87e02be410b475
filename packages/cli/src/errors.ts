/** Something that people can put right: shown as its message alone, never with a stack trace. */
export class CliError extends Error {
  override readonly name: string = 'CliError'
  /** 1, or 2 when the command itself was given wrongly. */
  readonly exitCode: number = 1
}

/** An argument, an option or a variable of the environment that makes no sense. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'
  override readonly exitCode = 2
}
