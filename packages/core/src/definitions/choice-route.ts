import type { ChoiceRoute } from './choice.ts'
import { commandEntry, type Tell } from './command-route.ts'
import type { Routes } from './route.ts'
import type { ChoiceEntry, CommandEntry, Entry } from './route-entry.ts'
import { fieldsOf } from './schema.ts'

/** Resolves a route that chooses its command by a field of the body. */
export function choiceEntry(entry: Entry, { field, commands }: ChoiceRoute, routes: Routes, tell: Tell): ChoiceEntry {
  if (field === '') tell('the field to choose by has no name')
  if (entry.parameters.includes(field)) tell(`'${field}' is a path parameter: choose by another field`)
  const values = Object.entries(commands)
  if (values.length === 0) tell('there is no command to choose')
  const choices = values.map(([value, target]) => {
    const tellOfValue: Tell = (what) => tell(`${field} '${value}': ${what}`)
    return [value, chosenEntry(entry, target, field, routes, tellOfValue)] as const
  })
  return {
    ...entry,
    ...wordsOf(
      entry,
      choices.map(([, chosen]) => chosen),
    ),
    kind: 'choice',
    field,
    choices: new Map(choices),
  }
}

/** Where there is one command only, its words are good for the whole route. */
function wordsOf(entry: Entry, choices: readonly CommandEntry[]): Pick<Entry, 'summary' | 'description'> {
  const { summary, description } = choices.length === 1 ? (choices[0] as CommandEntry) : entry
  return { summary, description }
}

function chosenEntry(
  entry: Entry,
  target: ChoiceRoute['commands'][string],
  field: string,
  routes: Routes,
  tell: Tell,
): CommandEntry {
  const [command, options] = target.kind === 'command' ? [target, {}] : [target.command, target.options]
  const { commandName, input } = command
  const fields = fieldsOf(input)
  if (!fields) tell(`the input of '${commandName}' is not an object`)
  else if (Object.hasOwn(fields, field)) tell(`'${field}' is a field of the input of '${commandName}'`)
  if (options.guard !== undefined) tell('the guard is that of the whole route: give it to choose')
  if (options.id === `body.${field}`) tell(`id is '${options.id}', which tells the command already`)
  const { summary = entry.summary, description = entry.description } = options
  return commandEntry({ ...entry, summary, description }, command, options as object, routes, tell)
}
