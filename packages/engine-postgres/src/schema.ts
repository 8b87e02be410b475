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

/** The error by which a store refuses who has known it from before it was restored, or before another server took its place. */
export const restored = 'WR002'

/**
 * `cluster` tells in which database of which cluster this is, and on which timeline: a dump that is restored is elsewhere,
 * and a standby that takes the place of its primary begins a timeline, on which the last commits may be missing.
 * `is_here` tells whether that is where the store was. What a service does not show is not compared.
 *
 * `check_place` answers the offset of xids. It refuses where the store is not where it was when it was opened, or another
 * process has opened it in its new place: whoever has known it before may know what is lost. A standby does not tell which
 * transactions are under way: nothing that rests on that is to be had there.
 */
function clusterFunctions(name: (table: string) => string): string {
  const settings = 'LANGUAGE plpgsql STABLE SET search_path = pg_catalog'
  return `
CREATE FUNCTION ${name('cluster')}() RETURNS text ${settings} AS $function$
DECLARE
  system text := '';
  timeline text := '';
BEGIN
  BEGIN
    system := (SELECT system_identifier FROM pg_control_system());
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  BEGIN
    timeline := substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  RETURN concat_ws('/', system, (SELECT oid FROM pg_database WHERE datname = current_database()), timeline);
END $function$;
CREATE FUNCTION ${name('is_here')}(place text) RETURNS boolean ${settings} AS $function$
DECLARE
  here text[] := string_to_array(${name('cluster')}(), '/');
  there text[] := string_to_array(place, '/');
BEGIN
  RETURN here[2] = there[2] AND (here[1] = there[1] OR '' IN (here[1], there[1]))
    AND (here[3] = there[3] OR '' IN (here[3], coalesce(there[3], '')));
END $function$;
CREATE FUNCTION ${name('check_place')}(known_epoch text) RETURNS bigint ${settings} AS $function$
DECLARE
  added bigint;
  place text;
  epoch text;
BEGIN
  SELECT max(value) FILTER (WHERE key = 'offset'), max(value) FILTER (WHERE key = 'cluster'),
    max(value) FILTER (WHERE key = 'epoch') INTO added, place, epoch
    FROM ${name('meta')} WHERE key IN ('offset', 'cluster', 'epoch');
  IF pg_is_in_recovery() THEN RAISE EXCEPTION USING ERRCODE = '25006', MESSAGE = 'a standby'; END IF;
  IF epoch <> known_epoch OR NOT ${name('is_here')}(place) THEN
    RAISE EXCEPTION USING ERRCODE = '${restored}', MESSAGE = 'restored';
  END IF;
  RETURN added;
END $function$;
`
}
