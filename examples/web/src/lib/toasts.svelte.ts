interface Toast {
  readonly id: number
  readonly text: string
  readonly kind: 'good' | 'bad'
}

/** Long enough to be read, in milliseconds; what went wrong stays until it is put away. */
const SHOWN = 6000

/** Short news that no page has a place for. */
class Toasts {
  shown: readonly Toast[] = $state.raw([])
  #last = 0

  say(text: string): void {
    const { id } = this.#add(text, 'good')
    setTimeout(() => this.dismiss(id), SHOWN)
  }

  warn(text: string): void {
    this.#add(text, 'bad')
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }

  #add(text: string, kind: Toast['kind']): Toast {
    this.#last += 1
    const toast = { id: this.#last, text, kind }
    this.shown = [...this.shown.slice(-2), toast]
    return toast
  }
}

export const toasts: Toasts = new Toasts()
