import { run } from '@weir/cli'
import { boxOffice } from '@weir-examples/box-office'
import { helpdesk } from '@weir-examples/helpdesk'

/** All example applications on one server, each under its own name. */
await run([boxOffice, helpdesk])
