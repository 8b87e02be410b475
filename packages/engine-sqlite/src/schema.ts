/** Marks a file as Weir's in SQLite's header ("Weir" in ASCII). */
export const applicationId = 0x57656972

/** The version of the tables below, kept as `user_version`. A file with a newer one is refused, an older one upgraded. */
export const schemaVersion = 3

/**
 * The tables of a store. `commits.version` is that of the commit's last event, so that the head of a stream and the
 * commits behind a version are both found in one index. A commit's position is its row id: there is one writer, so
 * positions are given in the order of commit and a feed that reads on from one can miss nothing. `events_before` counts
 * the events of all commits before it. `dropped` names the generations whose documents are still to be removed.
 *
 * Whoever changes this writes a step for the stores that are there: `upgrade.ts`.
 */
export const schema: string = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE commits (
  position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, count INTEGER NOT NULL,
  events_before INTEGER NOT NULL, payload TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX commits_by_stream ON commits (stream, version);
CREATE TABLE commands (
  command_id TEXT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, count INTEGER NOT NULL,
  hash TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE snapshots (
  stream TEXT PRIMARY KEY, version INTEGER NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL
) STRICT;
CREATE TABLE models (name TEXT PRIMARY KEY, latest INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE generations (
  model TEXT NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL, indexes TEXT NOT NULL,
  lease INTEGER NOT NULL, cursor TEXT, state TEXT NOT NULL, since REAL NOT NULL, served_until REAL,
  accepted TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (model, number)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX generations_serving ON generations (model) WHERE state = 'serving';
CREATE UNIQUE INDEX generations_under_construction ON generations (model, fingerprint)
  WHERE state IN ('building', 'stopped');
CREATE TABLE dropped (
  model TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (model, number)
) WITHOUT ROWID, STRICT;
CREATE TABLE waiting (
  model TEXT NOT NULL, number INTEGER NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL,
  parked INTEGER NOT NULL, document TEXT NOT NULL, since REAL NOT NULL, error TEXT,
  attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (model, number, stream, version, document, parked)
) WITHOUT ROWID, STRICT;
CREATE TABLE discarded (
  place INTEGER PRIMARY KEY, model TEXT NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL,
  parked INTEGER NOT NULL, document TEXT NOT NULL, since REAL NOT NULL, error TEXT NOT NULL,
  attempts INTEGER NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, at REAL NOT NULL,
  UNIQUE (model, stream, version, document, parked)
) STRICT;
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${schemaVersion};
`
