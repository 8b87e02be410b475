import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A fenced block of a page. */
export interface Block {
  readonly page: string
  /** The line of the page on which its text begins. */
  readonly line: number
  readonly language: string
  readonly text: string
}

/** What people read, as paths from the root of the workspace. */
export const pages: readonly string[] = ['*.md', 'docs/**/*.md', '{packages,examples}/*/README.md']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((path) => path.replaceAll('\\', '/'))
  .sort()

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = []
  let open: { language: string; line: number; lines: string[] } | undefined
  for (const [index, text] of textOf(page).split('\n').entries()) {
    const [, language] = /^```(\w*)$/.exec(text) ?? []
    if (open && language === '') {
      blocks.push({ page, line: open.line, language: open.language, text: `${open.lines.join('\n')}\n` })
      open = undefined
    } else if (open) open.lines.push(text)
    else if (language !== undefined) open = { language, line: index + 2, lines: [] }
  }
  if (open) throw new Error(`${page}:${open.line}: a block is not closed`)
  return blocks
}

/** The page without its blocks and code spans: what links and words are looked for in. */
export function proseOf(page: string): string {
  return textOf(page)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]+`/g, '')
}

/** The cells of a page's tables, row by row, without headings. */
export function rowsOf(page: string): string[][] {
  return textOf(page)
    .split('\n')
    .filter((line, index, lines) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1] ?? ''))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

const isRule = (line: string): boolean => /^\|[\s|:-]+\|$/.test(line)

/** The names of a page's headings as links call them. */
export function anchorsOf(page: string): string[] {
  const headings = textOf(page)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/^#+ (.+)$/gm)
  return Array.from(headings, ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
