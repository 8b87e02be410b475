import { run } from '@weir/cli'
import { boxOffice } from '@weir-examples/box-office'
import { coffee, services } from '@weir-examples/coffee'
import { helpdesk } from '@weir-examples/helpdesk'
import { inventory } from '@weir-examples/inventory'
import { builtPages } from './pages.ts'

/** All example applications on one server, each under its own name, with their pages at its root. */
await run([helpdesk, inventory, boxOffice, coffee], { services, pages: builtPages })
