import { createHttpApp, serve } from '@weir/http'
import { startRuntime } from 'weir/runtime'
import { withBalances, withoutReadModel } from '../definitions.ts'
import { engineAt } from '../engine.ts'
import { report } from './report.ts'

/** Weir as it is served: REST, validation, durable commands, and on demand a read model that follows them. */
const [place = '', server] = process.argv.slice(2)
const app = server === 'read-model' ? withBalances : withoutReadModel
const runtime = await startRuntime(app, { engine: engineAt(place) })
const served = await serve(createHttpApp({ mounts: [{ base: '', runtime }] }), { port: 0, hostname: '127.0.0.1' })
report(served.url)
process.on('SIGTERM', async () => {
  await served.close()
  await runtime.stop()
  process.exit(0)
})
