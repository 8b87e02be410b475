/** The time, in milliseconds, that moves on every half minute. */
class Now {
  value: number = $state(Date.now())

  constructor() {
    setInterval(() => {
      this.value = Date.now()
    }, 30_000)
  }
}

export const now: Now = new Now()
