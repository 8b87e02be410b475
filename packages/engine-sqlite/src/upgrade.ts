import type { Database } from './database.ts'
import { schemaVersion } from './schema.ts'

/**
 * What makes the tables of each version out of those of the version before; the first is from 1 to 2. Steps stay as they
 * are, whatever the tables become later. A table is renamed, made anew and filled, so that an upgraded store has the same
 * tables as a new one.
 */
const steps: readonly string[] = [
  // 1 → 2: events are counted; generations have a state; attempts are counted; discarded events are kept.
  `
  ALTER TABLE commits RENAME TO commits_1;
  CREATE TABLE commits (
    position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, count INTEGER NOT NULL,
    events_before INTEGER NOT NULL, payload TEXT NOT NULL
  ) STRICT;
  INSERT INTO commits
    SELECT position, stream, version, commits_1.count, events_before, payload
    FROM (SELECT position, sum(count) OVER (ORDER BY position) - count AS events_before FROM commits_1)
    JOIN commits_1 USING (position);
  DROP TABLE commits_1;
  CREATE UNIQUE INDEX commits_by_stream ON commits (stream, version);

  ALTER TABLE generations RENAME TO generations_1;
  CREATE TABLE generations (
    model TEXT NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL, indexes TEXT NOT NULL,
    lease INTEGER NOT NULL, cursor TEXT, state TEXT NOT NULL, since REAL NOT NULL, served_until REAL,
    PRIMARY KEY (model, number)
  ) WITHOUT ROWID, STRICT;
  INSERT INTO generations
    SELECT model, max(number), fingerprint, indexes, lease, cursor, 'serving', round(unixepoch('subsec') * 1000), NULL
    FROM generations_1 GROUP BY model;
  CREATE UNIQUE INDEX generations_serving ON generations (model) WHERE state = 'serving';
  CREATE UNIQUE INDEX generations_under_construction ON generations (model, fingerprint)
    WHERE state IN ('building', 'stopped');
  CREATE TABLE dropped (
    model TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (model, number)
  ) WITHOUT ROWID, STRICT;
  INSERT INTO dropped
    SELECT model, number FROM generations_1
    WHERE (model, number) NOT IN (SELECT model, number FROM generations);
  DROP TABLE generations_1;

  ALTER TABLE waiting RENAME TO waiting_1;
  CREATE TABLE waiting (
    model TEXT NOT NULL, number INTEGER NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL,
    parked INTEGER NOT NULL, document TEXT NOT NULL, since REAL NOT NULL, error TEXT,
    attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (model, number, stream, version, document, parked)
  ) WITHOUT ROWID, STRICT;
  INSERT INTO waiting SELECT *, 0 FROM waiting_1;
  DROP TABLE waiting_1;

  CREATE TABLE discarded (
    place INTEGER PRIMARY KEY, model TEXT NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL,
    parked INTEGER NOT NULL, document TEXT NOT NULL, since REAL NOT NULL, error TEXT NOT NULL,
    attempts INTEGER NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, at REAL NOT NULL,
    UNIQUE (model, stream, version, document, parked)
  ) STRICT;
  `,
  // 2 → 3: streams that may be parked in a generation are kept. The new column has to be declared as in a new store.
  `
  ALTER TABLE generations RENAME TO generations_2;
  DROP INDEX generations_serving;
  DROP INDEX generations_under_construction;
  CREATE TABLE generations (
    model TEXT NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL, indexes TEXT NOT NULL,
    lease INTEGER NOT NULL, cursor TEXT, state TEXT NOT NULL, since REAL NOT NULL, served_until REAL,
    accepted TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (model, number)
  ) WITHOUT ROWID, STRICT;
  INSERT INTO generations SELECT *, '[]' FROM generations_2;
  DROP TABLE generations_2;
  CREATE UNIQUE INDEX generations_serving ON generations (model) WHERE state = 'serving';
  CREATE UNIQUE INDEX generations_under_construction ON generations (model, fingerprint)
    WHERE state IN ('building', 'stopped');
  `,
]

/**
 * Brings the tables of a store to the version that this code knows: all steps in one transaction, so that a process that
 * is killed meanwhile leaves the store as it was. Takes time and, for a while, space by the size of the log.
 */
export function upgrade(database: Database): void {
  const version = Number(database.value('PRAGMA user_version'))
  if (version === schemaVersion) return
  database.transaction(() => {
    for (const step of steps.slice(version - 1)) database.exec(step)
    database.exec(`PRAGMA user_version = ${schemaVersion}`)
  })
}
