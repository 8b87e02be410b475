import type { Handler } from '../exchange/answer.ts'
import { fileHandler } from '../files/file.ts'

/** Answers a file of Swagger UI. */
export function assetHandler(file: string, type: string): Handler {
  return fileHandler(new URL(file, folder()), { type, cache: 'public, max-age=3600' })
}

/** What is published has the files beside it; sources take them from where they are installed. */
function folder(): string | URL {
  const isSource = import.meta.url.endsWith('.ts')
  return isSource ? import.meta.resolve('swagger-ui-dist/package.json') : new URL('../swagger-ui/', import.meta.url)
}
