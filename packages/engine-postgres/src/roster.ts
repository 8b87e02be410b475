import type { Attendance, Roster } from 'weir/ports'
import type { Database } from './database.ts'

/** The processes that use a store, as rows of a table; what a crash of the server loses of it is said again soon. */
export class PostgresRoster implements Roster {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async attend(id: string, skills: string): Promise<Attendance[]> {
    const roster = this.#database.name('roster')
    return this.#database.query<Attendance>(
      `WITH own AS (
        INSERT INTO ${roster} AS entered (id, skills, count)
          SELECT $1, $2, 1 FROM set_config('synchronous_commit', 'off', true)
          ON CONFLICT (id) DO UPDATE SET skills = excluded.skills, count = entered.count + 1 RETURNING id, skills, count
      )
      SELECT id, skills, count FROM own UNION ALL SELECT id, skills, count FROM ${roster} WHERE id <> $1`,
      [id, skills],
    )
  }

  async leave(id: string): Promise<void> {
    await this.#database.query(`DELETE FROM ${this.#database.name('roster')} WHERE id = $1`, [id])
  }
}
