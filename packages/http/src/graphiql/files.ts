import type { Handler } from '../exchange/answer.ts'
import { fileHandler } from '../files/file.ts'

/** Where the files of the page stand in sources: in the packages that they are of, and beside them. */
const inSources: Readonly<Record<string, () => string | URL>> = {
  'react.production.min.js': () => new URL('umd/', import.meta.resolve('react/package.json')),
  'react-dom.production.min.js': () => new URL('umd/', import.meta.resolve('react-dom/package.json')),
  'graphiql.min.js': () => import.meta.resolve('graphiql/package.json'),
  'graphiql.min.css': () => import.meta.resolve('graphiql/package.json'),
  'start.js': () => new URL('../../graphiql/', import.meta.url),
  'page.css': () => new URL('../../graphiql/', import.meta.url),
}

/** The files of the page, with what answers each. */
export function graphiqlFiles(): [file: string, handler: Handler][] {
  const isSource = import.meta.url.endsWith('.ts')
  return Object.entries(inSources).map(([file, folder]) => {
    const type = file.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8'
    // What is published has all of them beside it.
    const place = isSource ? folder() : new URL('../graphiql-files/', import.meta.url)
    return [file, fileHandler(new URL(file, place), { type, cache: 'public, max-age=3600' })]
  })
}
