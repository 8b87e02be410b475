import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/** In the order in which they were asked for. */
const files = new Set<string>()
let listener: ((file: string) => void) | undefined
let isFollowing = false

/**
 * Keeps a list of the files that are imported from now on, packages in node_modules aside. A file that is imported by
 * its path is listed also when it is not there, so that its coming can be watched for.
 */
export function followLoadedFiles(onFile?: (file: string) => void): void {
  listener = onFile
  if (isFollowing) return
  isFollowing = true
  registerHooks({
    resolve: (specifier, context, next) => {
      if (/^\.{0,2}\//.test(specifier) && context.parentURL?.startsWith('file:')) {
        note(new URL(specifier, context.parentURL).href)
      }
      return next(specifier, context)
    },
    load: (url, context, next) => {
      note(url)
      return next(url, context)
    },
  })
}

export function loadedFiles(): readonly string[] {
  return [...files]
}

function note(url: string): void {
  if (!url.startsWith('file:') || url.includes('/node_modules/')) return
  const file = fileURLToPath(url.replace(/[?#].*$/, ''))
  if (files.has(file)) return
  files.add(file)
  listener?.(file)
}
