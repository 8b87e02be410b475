import { LocalCloudError } from '../errors.ts'
import type { LambdaFunction } from '../lambda/function.ts'

/** The functions of a local cloud. */
export class Functions {
  readonly #byName = new Map<string, LambdaFunction>()

  add(added: LambdaFunction): void {
    this.#byName.set(added.name, added)
  }

  get all(): readonly LambdaFunction[] {
    return [...this.#byName.values()]
  }

  /**
   * @param nameOrArn also with a version or alias behind it
   * @throws LocalCloudError when there is none
   */
  readonly get = (nameOrArn: string): LambdaFunction => {
    const name = /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn
    const found = this.#byName.get(name)
    if (found) return found
    throw new LocalCloudError(`There is no function ${name}. There are ${[...this.#byName.keys()].join(', ')}.`)
  }

  /** By its name, or the end of it. @throws LocalCloudError when there is none, or several */
  readonly find = (name: string): LambdaFunction => {
    const [found, another] = this.all.filter((each) => each.name === name || each.name.endsWith(name))
    if (found && !another) return found
    const names = this.all.map((each) => each.name).join(', ')
    throw new LocalCloudError(`${found ? 'Several functions are' : 'No function is'} named ${name}: ${names}.`)
  }

  /** Calls one as another service does. @throws what it has thrown, under its name */
  readonly call = async (nameOrArn: string, payload: unknown): Promise<unknown> => {
    const invoked = await this.get(nameOrArn).invoke(payload)
    if (invoked.kind === 'answered') return invoked.payload
    throw invoked.kind === 'failed'
      ? named(invoked.error.errorType, invoked.error.errorMessage)
      : named('Lambda.TooManyRequestsException', 'Rate exceeded')
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((each) => each.stop()))
  }
}

function named(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}
