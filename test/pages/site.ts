import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteEngine } from '@weir/engine-sqlite'
import { createHttpApp, serve } from '@weir/http'
import { openBrowser } from '@weir/test-browser'
import { boxOffice } from '@weir-examples/box-office'
import { coffee, services as coffeeServices } from '@weir-examples/coffee'
import { helpdesk } from '@weir-examples/helpdesk'
import { inventory } from '@weir-examples/inventory'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { App } from 'weir'
import type { OpenEngine } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import { builtPages } from '../../examples/pages.ts'
import { root } from '../e2e/weir.ts'

export const keys = {
  apiKey: 'api-key-of-the-tests',
  operatorKey: 'operator-key-of-the-tests',
  readerKey: 'reader-key-of-the-tests',
}

/** Applications that are served with pages and console, and a browser to look at them. */
export interface Site {
  readonly url: string
  /** What runs, by the application's name. */
  readonly runtimes: ReadonlyMap<string, Runtime>
  /** A page of somebody who shares nothing with others: storage, cookies, cache. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>
  /**
   * What the pages have complained of so far: scripts that failed, what their policy forbids, what could not be loaded.
   * Answers of 4xx, which a browser notes too, are left out.
   */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

export interface SiteOptions {
  /** Served beside the examples, such as one that fails on purpose. */
  readonly more?: readonly App[]
  /** Makes of the engine one that fails or is slow on purpose. */
  readonly engineOf?: (open: OpenEngine) => OpenEngine
}

/**
 * Serves the examples and their pages, which are built when they have to be, on a real port, and opens a browser.
 *
 * @example
 * beforeAll(async () => { site = await openSite() })
 * afterAll(() => site.close())
 */
export async function openSite({ more = [], engineOf = (open) => open }: SiteOptions = {}): Promise<Site> {
  const pages = await builtPages()
  const data = mkdtempSync(join(tmpdir(), 'weir-site-'))
  const engine = engineOf(sqliteEngine({ directory: data }))
  const runtimes = await startAll([helpdesk, inventory, boxOffice, coffee, ...more], engine, data)
  const server = await serve(httpOf(runtimes, pages), { port: 0, hostname: '127.0.0.1', closeTimeout: 1000 })
  const browser = await openBrowser()
  const complaints: string[] = []
  return {
    url: server.url,
    runtimes: new Map(runtimes.map((runtime) => [runtime.app.name, runtime])),
    complaints,
    visit: async (path, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        const isAnswer = message.text().includes('the server responded with a status of 4')
        if (message.type() === 'error' && !isAnswer) complaints.push(message.text())
      })
      await page.goto(server.url + path)
      return page
    },
    close: async () => {
      await browser.close()
      await server.close()
      await Promise.all(runtimes.map((runtime) => runtime.stop()))
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function startAll(apps: readonly App[], engine: OpenEngine, data: string): Promise<Runtime[]> {
  const ofCoffee = coffeeServices({ data })
  return Promise.all(apps.map((app) => startRuntime(app, { engine, services: app === coffee ? ofCoffee : [] })))
}

function httpOf(runtimes: readonly Runtime[], pages: string): ReturnType<typeof createHttpApp> {
  return createHttpApp({
    mounts: runtimes.map((runtime) => ({ base: `/${runtime.app.name}`, runtime })),
    apiKeys: [keys.apiKey],
    operatorKeys: [keys.operatorKey],
    readerKeys: [keys.readerKey],
    pages,
    console: join(root, 'packages/console/dist'),
  })
}
