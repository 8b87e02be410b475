import { afterAll, beforeAll } from 'vitest'
import { openSite, type Site } from './site.ts'
import { boxOfficePages } from './web/box-office.ts'
import { coffeePages } from './web/coffee.ts'
import { type Example, fillIn } from './web/example.ts'
import { helpdeskPages } from './web/helpdesk.ts'
import { inventoryPages } from './web/inventory.ts'
import { sweep } from './web/sweep.ts'

/** The pages of the examples, as people use them, in one browser. */

let site: Site
let example: Example

beforeAll(async () => {
  site = await openSite()
  example = await fillIn(site)
})

afterAll(() => site.close())

sweep(
  () => site,
  () => example,
)
helpdeskPages(() => site)
inventoryPages(() => site)
boxOfficePages(() => site)
coffeePages(() => site)
