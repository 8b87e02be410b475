/** Tells the parent process where the server listens, and the most memory that it had and the processor time, whenever it asks. */
export function report(url: string): void {
  process.send?.({ url })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    // maxRSS is in KiB.
    process.send?.({ rssMb: process.resourceUsage().maxRSS / 1024, cpuMicros: user + system })
  })
  // A parent that was killed leaves no server behind.
  process.on('disconnect', () => process.exit())
}
