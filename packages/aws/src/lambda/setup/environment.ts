import { EngineError } from 'weir/ports'

/** Variables of the environment: see `FunctionEnvironment` of the contract. */
export type Environment = Readonly<Record<string, string | undefined>>

/** @throws EngineError when a variable is missing or empty */
export function required(environment: Environment, name: string): string {
  const value = environment[name]
  if (value) return value
  throw new EngineError(`The environment variable ${name} is missing: the stack has to be deployed anew.`)
}
