import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { Command } from 'commander'
import { expect, test, vi } from 'vitest'
import { createProgram, createServerProgram, parse } from './program.ts'

const nothing = async () => {}
const program = createProgram({ start: nothing, dev: nothing, work: nothing })

/** Every command that does something, with its subcommands in the place of a group. */
function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)
}

const shown = leaves(program).filter((command) => command.name() !== 'dev-worker')

const read = (page: string) => readFileSync(new URL(`../../../docs/reference/${page}`, import.meta.url), 'utf8')

test('the reference names every command with its arguments, and every option', () => {
  const reference = read('cli.md') + read('configuration.md')
  for (const command of shown) {
    const names = command.parent === program ? [command.name()] : [command.parent?.name(), command.name()]
    const taken = command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`))
    expect(reference).toContain(`\`weir ${[...names, ...taken].join(' ')}\``)
    for (const { long, flags } of command.options) expect(reference, flags).toMatch(new RegExp(`${long}[ \`]`))
  }
  expect(shown.length).toBeGreaterThan(8)
})

test('the help of every command ends with examples that call it', () => {
  for (const command of shown) {
    expect(helpOf(command)).toMatch(new RegExp(`Examples:\n.*weir ([a-z-]+ )?${command.name()}`, 's'))
  }
})

function helpOf(command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  return help
}

test('only what takes --no-workers explains it', () => {
  for (const command of shown.filter((each) => ['start', 'dev'].includes(each.name()))) {
    const takes = command.options.some(({ long }) => long === '--no-workers')
    expect(helpOf(command).includes('With --no-workers'), command.name()).toBe(takes)
  }
})

test('a program with applications of its own has the commands of weir for them, with the same options', () => {
  const own = createServerProgram('npm start --', async () => ({ apps: [], services: [] }), nothing)
  expect(own.commands.map((command) => command.name())).toEqual(['work', 'migrate', 'check'])
  for (const command of own.commands) {
    const same = program.commands.find((each) => each.name() === command.name())
    expect(command.options.map(({ flags }) => flags)).toEqual(same?.options.map(({ flags }) => flags))
    expect(command.registeredArguments).toEqual([])
    expect(helpOf(command)).toMatch(new RegExp(`Examples:\n  npm start -- ${command.name()}\n`))
  }
})

test('wrong usage is told as every other error is', async () => {
  let text = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  expect(await parse(createProgram({ start: nothing, dev: nothing, work: nothing }), ['start', '--prot'])).toBe(2)
  write.mockRestore()
  expect(stripVTControlCharacters(text)).toMatch(/^Error: unknown option '--prot'\n.*Run weir start --help/s)
})
