import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Block } from './markdown.ts'

/** A command of a page with the answer that the page shows for it. */
export interface Exchange {
  readonly place: string
  readonly command: string
  readonly shown: string
}

/** The `curl` commands among these blocks, each with the block behind it. */
export function exchangesOf(blocks: readonly Block[]): Exchange[] {
  return blocks.flatMap(({ language, text, page, line }, index) => {
    if (language !== 'sh' || !/^curl /m.test(text)) return []
    const answer = blocks[index + 1]
    if (answer?.language !== 'http') throw new Error(`${page}:${line}: no \`\`\`http block follows`)
    return [{ place: `${page}:${line}`, command: text, shown: answer.text }]
  })
}

/** The programs that can run a session: a stand-in for `curl`, and the machine's own if it has one. */
export const curls: readonly ('stand-in' | 'curl')[] =
  spawnSync('curl', ['--version']).status === 0 ? ['stand-in', 'curl'] : ['stand-in']

/** An answer as far as it is compared. */
export interface Answer {
  readonly status: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Runs the commands of one page, one after the other, in a folder of its own. */
export class Session {
  readonly #folder: string
  readonly #url: string
  readonly #environment: NodeJS.ProcessEnv
  readonly #shown = new Names()
  readonly #answered = new Names()

  constructor(folder: string, url: string, curl: (typeof curls)[number]) {
    this.#folder = folder
    this.#url = url
    const path = curl === 'curl' ? process.env.PATH : `${standIn(folder)}:${process.env.PATH}`
    this.#environment = { ...process.env, PATH: path }
  }

  /** What the page shows, and what was answered, as far as the page shows it. Run in the order of the page. */
  async run({ command, shown }: Exchange): Promise<{ shown: Answer; answered: Answer }> {
    const script = command.replaceAll('localhost:3000', new URL(this.#url).host)
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: this.#folder, env: this.#environment })
    const expected = parse(this.#shown.replace(shown))
    const answered = parse(this.#answered.replace(stdout))
    const headers = Object.entries(answered.headers).filter(([name]) => name in expected.headers)
    return { shown: expected, answered: { ...answered, headers: Object.fromEntries(headers) } }
  }
}

/** Gives what differs from run to run a name: new ids in the order of their appearance, tokens and times one name each. */
class Names {
  readonly #ids = new Map<string, string>()

  replace(text: string): string {
    return text
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, (id) => this.#nameOf(id))
      .replace(/^(consistency-token: )\S+/gim, '$1<token>')
      .replace(/("consistencyToken":")[^"]+/g, '$1<token>')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
  }

  #nameOf(id: string): string {
    const name = this.#ids.get(id) ?? `<id ${this.#ids.size + 1}>`
    this.#ids.set(id, name)
    return name
  }
}

function parse(text: string): Answer {
  const [head = '', ...rest] = text.replaceAll('\r\n', '\n').split('\n\n')
  const [status = '', ...lines] = head.split('\n')
  const headers = lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*:\s*/, '')])
  return { status, headers: Object.fromEntries(headers), body: rest.join('\n\n').trim() }
}

function standIn(folder: string): string {
  const bin = join(folder, 'bin')
  const file = join(bin, 'curl')
  const program = fileURLToPath(import.meta.resolve('./curl.ts'))
  mkdirSync(bin, { recursive: true })
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(file, 0o755)
  return bin
}
