import type { Handler } from '../exchange/answer.ts'
import { browserFile } from '../files/browser-files.ts'
import { fileHandler } from '../files/file.ts'

const files = [
  'react.production.min.js',
  'react-dom.production.min.js',
  'graphiql.min.js',
  'graphiql.min.css',
  'start.js',
  'page.css',
] as const

/** The files of the page, with what answers each. */
export function graphiqlFiles(): [file: string, handler: Handler][] {
  return files.map((file) => {
    const type = file.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8'
    return [file, fileHandler(browserFile('graphiql-files', file), { type, cache: 'public, max-age=3600' })]
  })
}
