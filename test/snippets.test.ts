import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './e2e/folders.ts'
import { get, post } from './e2e/http.ts'
import { listening, root, startExamples, weir } from './e2e/weir.ts'
import { type Block, blocksOf, pages } from './snippets/markdown.ts'
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
const environment = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
const runNode = (...args: string[]) => run(process.execPath, ['--conditions=@weir/source', ...args], { cwd: folder })

test('every block of TypeScript is type-checked', async () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = await run(process.execPath, [compiler, '-p', folder], { cwd: folder }).catch((error) => error)
  const messages: string[] = stdout.split(/\n(?=\S)/)
  // What is wrong in the sources themselves is for the type check of the workspace to say.
  expect(messages.filter((message) => message !== '' && !message.startsWith('..'))).toEqual([])
})

function hasSession(page: string): boolean {
  return exchangesOf(blocksOf(page)).length > 0
}

type Kind = 'test' | 'application' | 'program' | 'part'

function kindOf({ block, file, isWhole }: Module): Kind {
  if (!isWhole) return 'part'
  if (file.endsWith('.test.ts')) return 'test'
  if (block.text.includes('export default app(')) return 'application'
  return block.text.includes('startRuntime(') ? 'program' : 'part'
}

const ofKind = (kind: Kind) =>
  modules
    .filter((module) => kindOf(module) === kind)
    .map((module) => [`${module.block.page}: ${basename(module.file)}`, module] as const)

describe('every whole program is run', () => {
  test('tests pass', async () => {
    const files = ofKind('test').map(([, { file }]) => file)
    const { stdout } = await runNode('--test', '--test-isolation=none', ...files)
    expect(stdout).toMatch(/^ℹ fail 0$/m)
    expect(Number(/^ℹ pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(files.length)
  })

  test.each(ofKind('program'))('%s prints what the page shows', async (_, { block, file }) => {
    const { stdout } = await runNode(file)
    const shown = blocks[blocks.indexOf(block) + 1]
    expect(stdout).toBe(shown?.language === 'text' ? shown.text : '')
  })

  const started = ofKind('application').filter(([, { block }]) => !hasSession(block.page) || block.page === 'README.md')

  test.each(started)('%s starts, is ready and stops', async (_, { file }) => {
    const { program, url } = await listening(weir(['start', file, '--port', '0'], { cwd: temporaryFolder() }))
    expect((await fetch(`${new URL(url).origin}/ready`)).status).toBe(200)
    expect(await program.end()).toEqual({ code: 0, signal: null })
  })
})

/** What has to run for a page's session: the page's own application, or all examples. */
async function startFor(page: string, cwd: string): Promise<string> {
  const options = ['--port', '0', '--data', join(cwd, 'data')]
  const own = ofKind('application').find(([, { block }]) => block.page === page)?.[1]
  if (!own || page === 'README.md') return (await startExamples(options, { cwd })).url
  return (await listening(weir(['start', own.file, ...options], { cwd }))).url
}

describe.each(documents.filter(hasSession))('%s: the server answers', (page) => {
  // One page is enough to know that the stand-in does what curl does.
  test.each(page === 'README.md' ? curls : curls.slice(-1))('as the page shows, to %s', async (curl) => {
    const cwd = temporaryFolder()
    const session = new Session(cwd, await startFor(page, cwd), curl)
    for (const exchange of exchangesOf(blocksOf(page))) {
      const { shown, answered } = await session.run(exchange)
      expect(answered, exchange.place).toEqual(shown)
    }
  })
})

test('a backup is made and restored as the guide says', async () => {
  const cwd = temporaryFolder()
  const [, bank] = ofKind('application').find(([name]) => name.includes('getting-started')) ?? []
  const [backUp, restore] = blocksOf('docs/guide/running.md').filter(({ text }) => text.includes('backup.db'))
  const shell = (block?: Block) => run('sh', ['-c', block?.text ?? 'false'], { cwd, env: environment })
  const start = () => listening(weir(['start', bank?.file ?? '', '--port', '0'], { cwd }))
  const first = await start()
  const kept = await post(`${first.url}/accounts`, { owner: 'Ada' })
  await shell(backUp)
  await post(`${first.url}/accounts`, { owner: 'Bob' })
  await first.program.end('SIGKILL')
  await shell(restore)
  const second = await start()
  const stale = { 'consistency-token': String(kept.headers['consistency-token']) }
  expect(await get(`${second.url}/accounts`)).toMatchObject({ status: 200, body: [{ owner: 'Ada' }] })
  expect(await get(`${second.url}/accounts`, stale)).toMatchObject({ status: 400 })
})
