/**
 * What Node says about its own features, and about modules whose package.json names no type; what pg says of its next
 * version: nothing users can act on.
 */
const unhelpful = [
  /SQLite is an experimental feature/i,
  /Type Stripping is an experimental feature/i,
  /^Module type of .* is not specified/,
  /^Failed to load the ES module/,
  /^SECURITY WARNING: The SSL modes/,
]

/** Keeps warnings that are of no use from the users; all others are shown as ever. */
export function quietWarnings(): void {
  const shown = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (unhelpful.some((pattern) => pattern.test(warning.message))) return
    for (const show of shown) show.call(process, warning)
  })
}
