import type { ChoiceEntry, CommandEntry, CommandMessage } from 'weir'
import { faultsOf, type InputFault } from 'weir/runtime'
import * as z from 'zod'
import type { Exchange } from '../exchange/exchange.ts'
import { Problem, problem } from '../problems/problem.ts'
import { type AnswerAccepted, acceptedAnswers } from './accepted.ts'
import { addressing, faultsIn } from './addressing.ts'

/** A command out of a request, and how it is answered. */
interface Dispatched {
  readonly message: CommandMessage
  readonly answerAccepted: AnswerAccepted
}

/** Finds out which command a request means, and for which aggregate. */
export type Dispatch = (exchange: Exchange, body: unknown) => Dispatched | Problem

/** Prepares what finds the command of a route's requests. */
export function dispatching(route: CommandEntry | ChoiceEntry, base: string): Dispatch {
  return route.kind === 'command' ? toCommand(route, base) : toChosen(route, base)
}

function toCommand(entry: CommandEntry, base: string): Dispatch {
  const address = addressing(entry)
  const answerAccepted = acceptedAnswers(entry, base)
  return (exchange, body) => {
    const message = address(exchange, body)
    return message instanceof Problem ? message : { message, answerAccepted }
  }
}

function toChosen({ field, choices }: ChoiceEntry, base: string): Dispatch {
  const dispatches = new Map(Array.from(choices, ([value, entry]) => [value, toCommand(entry, base)]))
  const chosen = z.looseObject({ [field]: z.enum([...choices.keys()]) })
  return (exchange, body) => {
    const parsed = chosen.safeParse(body)
    if (parsed.success) {
      const { [field]: value, ...input } = body as Record<string, unknown>
      return (dispatches.get(value as string) as Dispatch)(exchange, input)
    }
    const errors = faultsOf(parsed.error.issues)
    return problem('invalid-input', { errors: [...errors, ...faultsOfAll(choices.values(), field, body)] })
  }
}

/** What is wrong whichever is chosen: whoever corrects a request hears of everything at once. */
function faultsOfAll(choices: Iterable<CommandEntry>, field: string, body: unknown): InputFault[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return []
  const { [field]: _, ...input } = body as Record<string, unknown>
  const [first = [], ...others] = Array.from(choices, ({ command }) => faultsIn(input, command))
  return first.filter((fault) => others.every((faults) => faults.some((other) => other.field === fault.field)))
}
