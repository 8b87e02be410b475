/** Tells the parent process where the server listens, and what it has used whenever it asks. */
export function report(url: string): void {
  process.send?.({ url })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ rssMb: process.memoryUsage.rss() / 1024 / 1024, cpuMicros: user + system })
  })
}
