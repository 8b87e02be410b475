import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './e2e/folders.ts'
import { listening, root, startExamples, weir } from './e2e/weir.ts'
import { blocksOf, pages } from './snippets/markdown.ts'
import { type Module, writeModules } from './snippets/modules.ts'
import { curls, exchangesOf, Session } from './snippets/session.ts'

/** The code of README and documentation: it compiles, it runs, and the server answers what the pages say. */

const documents = pages.filter((page) => page === 'README.md' || page.startsWith('docs/'))
const blocks = documents.flatMap(blocksOf)
const folder = mkdtempSync(join(tmpdir(), 'weir-snippets-'))
const modules = writeModules(
  folder,
  blocks.filter(({ language }) => language === 'ts'),
)
afterAll(() => rmSync(folder, { recursive: true }))

const run = promisify(execFile)
const runNode = (...args: string[]) => run(process.execPath, ['--conditions=@weir/source', ...args], { cwd: folder })

test('every block of TypeScript is type-checked', async () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = await run(process.execPath, [compiler, '-p', folder], { cwd: folder }).catch((error) => error)
  const messages: string[] = stdout.split(/\n(?=\S)/)
  // What is wrong in the sources themselves is for the type check of the workspace to say.
  expect(messages.filter((message) => message !== '' && !message.startsWith('..'))).toEqual([])
})

const whole = modules.filter(({ isWhole }) => isWhole)
const nameOf = ({ block, file }: Module) => `${block.page}: ${file.slice(dirname(file).length + 1)}`

describe('every whole program is run', () => {
  const isTest = ({ file }: Module) => file.endsWith('.test.ts')
  const isApp = ({ block }: Module) => block.text.includes('export default app(')
  const isScript = ({ block }: Module) => block.text.includes('startRuntime(')

  test.each(whole.filter(isTest).map((module) => [nameOf(module), module] as const))('%s', async (_, { file }) => {
    const { stdout } = await runNode('--test', file)
    expect(stdout).toMatch(/^ℹ pass [1-9]\d*$/m)
  })

  test.each(whole.filter(isApp).map((module) => [nameOf(module), module] as const))('%s', async (_, { file }) => {
    const { program, url } = await listening(weir(['start', file, '--port', '0'], { cwd: temporaryFolder() }))
    expect((await fetch(`${new URL(url).origin}/ready`)).status).toBe(200)
    expect(await program.end()).toEqual({ code: 0, signal: null })
  })

  test.each(whole.filter(isScript).map((module) => [nameOf(module), module] as const))(
    '%s',
    async (_, { block, file }) => {
      const { stdout } = await runNode(file)
      const shown = blocks[blocks.indexOf(block) + 1]
      expect(stdout).toBe(shown?.language === 'text' ? shown.text : '')
    },
  )
})

/** What has to run for a page's session: the page's own application, or all examples. */
async function startFor(page: string, cwd: string): Promise<string> {
  const options = ['--port', '0', '--data', join(cwd, 'data')]
  const own = whole.find(({ block }) => block.page === page && block.text.includes('export default app('))
  if (!own || page === 'README.md') return (await startExamples(options, { cwd })).url
  return (await listening(weir(['start', own.file, ...options], { cwd }))).url
}

describe.each(documents.filter((page) => exchangesOf(blocksOf(page)).length > 0))('%s: the server answers', (page) => {
  test.each(curls)('as the page shows, to %s', async (curl) => {
    const cwd = temporaryFolder()
    const session = new Session(cwd, await startFor(page, cwd), curl)
    for (const exchange of exchangesOf(blocksOf(page))) {
      const { shown, answered } = await session.run(exchange)
      expect(answered, exchange.place).toEqual(shown)
    }
  })
})
