import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** Something on a page that keeps people from using it. */
export interface Barrier {
  readonly rule: string
  readonly help: string
  /** Selectors of the elements. */
  readonly where: readonly string[]
}

const script = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What axe finds serious or critical on a page as it stands.
 *
 * @param rules which of axe's rules; all if not given
 * @example expect(await barriers(page)).toEqual([])
 */
export async function barriers(page: Page, rules?: readonly string[]): Promise<Barrier[]> {
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) }
  // It is large: a page that changes its address behind the # alone has it still.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(script)
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return grave.map(({ id, help, nodes }) => ({ rule: id, help, where: nodes.map(({ target }) => String(target)) }))
}
