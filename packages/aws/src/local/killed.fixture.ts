import { startLocalCloud } from './index.ts'

/** A local cloud in a process of its own: `killed.fixture.ts <cdk.out> <data>`. Says where it is. */
const [cdkOut = '', data = ''] = process.argv.slice(2)
const { url, endpoints } = await startLocalCloud({ cdkOut, data, schedules: false })
process.stdout.write(`${JSON.stringify({ url, endpoints })}\n`)
