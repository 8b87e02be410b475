/** The time, each second, for countdowns and `5 s ago`. */
class Now {
  /** Milliseconds since 1970. */
  at: number = $state(Date.now())

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.at = Date.now()
    }, 1000)
  }
}

export const now: Now = new Now()
