import { OpsClient } from '../api/client.ts'
import { Problem, problemFrom } from '../api/problem.ts'
import type { Role } from '../api/shapes.ts'
import { kept } from './kept.ts'

const stored = 'weir-operator-key'
const store = kept(() => sessionStorage)

/** `/ops` lies beside `/console/`, also behind a proxy that adds a prefix. */
const root = new URL('../ops', location.href).href

/** Who looks on. The key stays in this tab, and goes with it. */
class Session {
  role: Role | undefined = $state()
  client: OpsClient | undefined = $state.raw()
  /** A key from before is being tried. */
  resuming: boolean = $state(false)
  /** Why one has to sign in again. */
  notice: string | undefined = $state()

  /** Tries the key of before, if there is one. */
  async resume(): Promise<void> {
    const key = store.getItem(stored)
    if (key === null) return
    this.resuming = true
    try {
      await this.signIn(key)
    } catch (error) {
      const problem = problemFrom(error)
      if (problem.refusesKey) this.#leave('The key of before is not good any more.')
      else this.notice = `${problem.message}. Load this page again when it does.`
    } finally {
      this.resuming = false
    }
  }

  /** @throws Problem when the key is not good, or no server answers */
  async signIn(key: string): Promise<void> {
    const asked = new OpsClient(root, key)
    const { role } = await asked.get<{ role: Role }>('/whoami')
    store.setItem(stored, key)
    this.client = new OpsClient(root, key, () => this.#leave('The key is not good any more: it may have been changed.'))
    this.role = role
    this.notice = undefined
  }

  signOut(): void {
    this.#leave(undefined)
  }

  #leave(notice: string | undefined): void {
    store.removeItem(stored)
    this.client = undefined
    this.role = undefined
    this.notice = notice
  }
}

export const session: Session = new Session()

/** The client of whoever is signed in. */
export function ops(): OpsClient {
  if (!session.client) throw new Problem(401, { code: 'operator-key-missing', title: 'Nobody is signed in' })
  return session.client
}
