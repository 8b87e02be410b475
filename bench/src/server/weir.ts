import { sqliteEngine } from '@weir/engine-sqlite'
import { createHttpApp, serve } from '@weir/http'
import { startRuntime } from 'weir/runtime'
import { withBalances } from '../definitions.ts'

/** The whole of Weir: REST, validation, durable commands, and a read model that follows. */
const runtime = await startRuntime(withBalances, { engine: sqliteEngine({ directory: process.argv[2] as string }) })
const app = createHttpApp({ mounts: [{ base: '', runtime }] })
const server = await serve(app, { port: 0, hostname: '127.0.0.1' })
process.send?.({ url: server.url })
process.on('message', () => process.send?.({ rss: process.memoryUsage.rss() }))
process.on('SIGTERM', async () => {
  await server.close()
  await runtime.stop()
  process.exit(0)
})
