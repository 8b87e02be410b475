import { appendFunction } from './append-function.ts'
import { feedFunctions } from './feed-function.ts'
import { readModelSchema } from './read-model-schema.ts'

/**
 * The tables of a store, in a schema of its own.
 *
 * 1. `streams` has the newest version of each stream; its row is what writers of the stream lock. `commits` has what
 *    was written: `version` is that of the first event, `xid` the transaction, `slot` the stream's for partitions.
 * 2. A commit takes as many numbers of the sequence `positions` as it has events; its position is the last of them. So
 *    positions count events, but for the numbers that were drawn in vain.
 * 3. An xid is PostgreSQL's with the `offset` in `meta` added, so that they go on growing in whatever cluster the store
 *    is restored. `cluster` tells where that is.
 * 4. A name or id that is too long for an index is stored cut, with a hash; `long_name` has the whole name then.
 *
 * Whoever changes this writes a step for the stores that are there: `upgrade.ts`.
 *
 * @param name gives the name of a table as SQL takes it, with its schema
 */
export function schema(name: (table: string) => string): string {
  return `
CREATE TABLE ${name('meta')} (key text COLLATE "C" PRIMARY KEY, value text NOT NULL);
CREATE TABLE ${name('streams')} (stream text COLLATE "C" PRIMARY KEY, version bigint NOT NULL) WITH (fillfactor = 80);
CREATE TABLE ${name('commits')} (
  position bigint PRIMARY KEY, xid bigint NOT NULL, version bigint NOT NULL, count integer NOT NULL,
  size integer NOT NULL, slot smallint NOT NULL, stream text COLLATE "C" NOT NULL, long_name text, payload text NOT NULL
);
CREATE UNIQUE INDEX commits_by_stream ON ${name('commits')} (stream, version);
CREATE INDEX commits_by_xid ON ${name('commits')} (xid);
CREATE SEQUENCE ${name('positions')};
CREATE TABLE ${name('commands')} (
  command_id text COLLATE "C" PRIMARY KEY, stream text NOT NULL, version bigint NOT NULL, count integer NOT NULL,
  hash text NOT NULL
);
CREATE TABLE ${name('snapshots')} (
  stream text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, fingerprint text NOT NULL, state text NOT NULL
);
CREATE TABLE ${name('roster')} (
  id text COLLATE "C" PRIMARY KEY, skills text NOT NULL, count bigint NOT NULL
) WITH (fillfactor = 50);
${clusterFunctions(name)}
${appendFunction(name)}
${feedFunctions(name)}
${readModelSchema(name)}`
}

/**
 * `cluster` tells in which database of which cluster this is, `is_here` whether that is where the store was: a dump that
 * is restored is elsewhere. Where a service does not show which cluster it is, the database has to do.
 */
function clusterFunctions(name: (table: string) => string): string {
  return `
CREATE FUNCTION ${name('cluster')}() RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $function$
DECLARE
  database text := (SELECT oid FROM pg_database WHERE datname = current_database());
BEGIN
  RETURN (SELECT system_identifier FROM pg_control_system()) || '/' || database;
EXCEPTION WHEN OTHERS THEN
  RETURN '/' || database;
END $function$;
CREATE FUNCTION ${name('is_here')}(place text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $function$
DECLARE
  here text := ${name('cluster')}();
BEGIN
  RETURN here = place OR split_part(here, '/', 2) = split_part(place, '/', 2)
    AND '' IN (split_part(here, '/', 1), split_part(place, '/', 1));
END $function$;
`
}
