import { fileURLToPath } from 'node:url'
import { copyBrowserFiles } from '../src/files/browser-files.ts'

/** Puts the files of Swagger UI and GraphiQL beside what is built: their packages are not needed then. */
copyBrowserFiles(fileURLToPath(new URL('../dist', import.meta.url)))
