/** Closes what was opened. */
type Close = () => Promise<void>

/** Told of everything that was opened, so that it can be closed. */
export type Opened = (close: Close) => void

/**
 * Opens several things. Either all of it succeeds, or nothing is left open.
 *
 * @returns what `open` gives, and `stop`, which closes the last that was opened first
 */
export async function allOrNothing<T extends object>(
  open: (opened: Opened) => Promise<T>,
): Promise<T & { stop(): Promise<void> }> {
  const closes: Close[] = []
  const stop = async () => {
    for (const close of closes.splice(0).reverse()) await close()
  }
  try {
    return { ...(await open((close) => closes.push(close))), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
