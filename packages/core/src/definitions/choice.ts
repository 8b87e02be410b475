import type { AnyCommand } from './command.ts'
import type { CommandRoute, RouteOptions } from './route.ts'

/** Commands by the value that stands for them. */
export type Choices = Readonly<Record<string, AnyCommand | CommandRoute>>

/** A route that executes the command that stands behind the value of a field of the body. */
export interface ChoiceRoute<Field extends string = string, Commands extends Choices = Choices> {
  readonly kind: 'choice'
  readonly field: Field
  readonly commands: Commands
  readonly options: RouteOptions
}

/**
 * A route whose body says in one of its fields which command is meant; the rest of the body is that command's input.
 *
 * @param field the field of the body; the commands have none of this name
 * @param commands by the field's value; each can be a `route` with options of its own, but has the guard of the whole
 * @example
 * 'PATCH /order/:id': choose('status', {
 *   COMPLETED: Order.commands.complete,
 *   CANCELLED: route(Order.commands.cancel, { respond: { … } }),
 * })
 */
export function choose<const Field extends string, const Commands extends Choices>(
  field: Field,
  commands: Commands,
  options: RouteOptions = {},
): ChoiceRoute<Field, Commands> {
  return { kind: 'choice', field, commands, options }
}
