import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Folders of built pages, each with an `index.html`. */
export interface SiteFolders {
  /** Shown at `/`. */
  readonly pages?: string
  /** Shown at `/console/`. */
  readonly console?: string
}

/** What is uploaded: a folder, and the paths that its files are requested by, as CloudFront writes them. */
export interface SiteFiles {
  readonly folder: string
  readonly paths: readonly string[]
}

/**
 * Puts pages and console together as they are served. The folder is kept until the process ends.
 *
 * @throws Error when a folder has no `index.html`
 */
export function siteFiles({ pages, console }: SiteFolders): SiteFiles {
  const folder = mkdtempSync(join(tmpdir(), 'weir-site-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  if (pages !== undefined) copyPages(pages, folder)
  if (console !== undefined) copyPages(console, join(folder, 'console'))
  const entries = readdirSync(folder, { withFileTypes: true })
  const paths = entries.map((entry) => (entry.isDirectory() ? `/${entry.name}/*` : `/${entry.name}`))
  return {
    folder,
    paths: [...(pages === undefined ? [] : ['/']), ...(console === undefined ? [] : ['/console']), ...paths.toSorted()],
  }
}

function copyPages(from: string, to: string): void {
  if (!existsSync(join(from, 'index.html'))) throw new Error(`There is no index.html in ${from}: build the pages first`)
  cpSync(from, to, { recursive: true })
}
