import { parseArgs } from 'node:util'
import { type Case, casesOf } from './cases.ts'
import { engineNames, workNames } from './job.ts'

/** What is to be measured. */
export interface Options {
  readonly quick: boolean
  readonly runs: number
  readonly only: string | undefined
  readonly engine: string | undefined
  readonly help: boolean
}

/** Something that was asked for and cannot be: told in a line. */
export class UsageError extends Error {}

/** Throws a `UsageError` when the arguments ask for what is not there. */
export function optionsOf(args: readonly string[]): Options {
  const { quick, runs, only, engine, help } = parsed(args)
  if (quick && runs !== undefined) throw new UsageError('--quick is one run of each: it takes no --runs.')
  if (runs !== undefined && !/^[1-9]\d*$/.test(runs)) throw new UsageError('--runs takes a whole number from 1 on.')
  assertOneOf('work', workNames, only)
  assertOneOf('engine', engineNames, engine)
  return { quick, runs: quick ? 1 : Number(runs ?? 5), only, engine, help }
}

/** No target speaks of them in a quick run, and they need long: so it has them only when they are asked for by name. */
const slow: readonly string[] = ['rebuild', 'growth']

/** The comparisons that were asked for. */
export function wantedOf(options: Options): readonly Case[] {
  const isHurried = options.quick && options.only === undefined
  const wanted = casesOf(options.quick).filter(
    (one) => isWanted(one, options) && !(isHurried && slow.includes(one.work)),
  )
  if (wanted.length > 0) return wanted
  const where = [options.only, options.engine].filter(Boolean).join(' on ')
  const isInFull = casesOf(false).some((one) => isWanted(one, options))
  throw new UsageError(isInFull ? `${where} is no part of --quick.` : `${where} is not measured.${othersOf(options)}`)
}

export function isWanted({ work, engine }: Pick<Case, 'work' | 'engine'>, options: Options): boolean {
  return (options.only ?? work) === work && (options.engine ?? engine) === engine
}

function othersOf({ engine }: Options): string {
  const works = new Set(casesOf(false).flatMap((one) => (one.engine === engine ? [one.work] : [])))
  return ` What is measured on ${engine}: ${[...works].join(', ')}.`
}

function assertOneOf(kind: string, names: readonly string[], given: string | undefined): void {
  if (given === undefined || names.includes(given)) return
  throw new UsageError(`There is no ${kind} '${given}': it is one of ${names.join(', ')}.`)
}

function parsed(args: readonly string[]) {
  try {
    const boolean = { type: 'boolean', default: false } as const
    const string = { type: 'string' } as const
    const options = { quick: boolean, runs: string, only: string, engine: string, help: boolean }
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    const [reason] = String((error as Error).message).split(/\. |\n/)
    throw new UsageError(`${reason}. --help says what can be given.`)
  }
}
