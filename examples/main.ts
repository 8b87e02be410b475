import { run } from '@weir/cli'
import { boxOffice } from '@weir-examples/box-office'

/** All example applications on one server, each under its own name. */
await run([boxOffice])
