import { run } from '@weir/cli'
import { boxOffice } from '@weir-examples/box-office'
import { coffee, services } from '@weir-examples/coffee'
import { helpdesk } from '@weir-examples/helpdesk'
import { inventory } from '@weir-examples/inventory'

/** All example applications on one server, each under its own name. */
await run([helpdesk, inventory, boxOffice, coffee], { services })
