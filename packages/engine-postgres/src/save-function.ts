/** The error by which a save undoes itself when it finds too late that it was overtaken. */
const overtaken = 'WR001'

/**
 * What saves a batch in one round trip: the function `save`, and those that it calls.
 *
 * 1. (G4) The row of the partition is locked first: who was replaced goes no further, and a generation whose row is there
 *    has its tables until the end.
 * 2. What was folded before the store was restored is not saved after it. `known` counts the saves that the caller was told of. When there are fewer, a crash of the server has undone some, and
 *    the caller stands beyond what is stored: it is fenced, and has to begin anew from there.
 * 3. What was not there as a document is inserted first, in order of id: tombstones that are revived, and what was not there
 *    at all (`absent`), which is so locked by being there, and goes again when it is not to stay (`passing`). Then what
 *    was seen is locked, before any of it is changed: documents, then tombstones, each in order of id. So of two that meet
 *    one waits, never each for the other: while one inserts it holds nothing but what it has inserted, which nobody else
 *    has seen; and an id has a document or a tombstone, not both. Who finds another state than it saw is overtaken.
 * 4. Each statement sees what was committed before it. So tombstones are looked at when what was not there has been
 *    inserted: who buried one of those meanwhile has inserted it, too, and so was waited for.
 *
 * @param name gives the name of a table or function as SQL takes it, with its schema
 */
export function saveFunction(name: (table: string) => string): string {
  return `
CREATE FUNCTION ${name('save')}(
  of_model text, of_number integer, of_partition integer, with_lease bigint, known bigint, new_cursor text,
  live text, gone text, ids text[], bodies text, streams text[], versions bigint[], wholes text[], keys text[],
  seen_ids text[], seen_bodies text, seen_streams text[], seen_versions bigint[], absent text[], new_ones integer,
  more jsonb, known_epoch text, OUT outcome text, OUT save bigint
) LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM set_config('synchronous_commit', CASE WHEN more->'discarded' IS NULL THEN 'off' ELSE 'on' END, true);
  PERFORM ${name('check_place')}(known_epoch);
  outcome := 'fenced';
  PERFORM FROM ${name('partitions')} WHERE model = of_model AND number = of_number AND partition = of_partition
    AND lease = with_lease AND saves >= COALESCE(known, saves) FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;

  outcome := 'overtaken';
  IF new_ones = 0 THEN
    IF NOT ${name('save_seen')}(live, gone, seen_ids, seen_bodies, seen_streams, seen_versions, '{}', more) THEN RETURN; END IF;
    PERFORM ${name('save_known')}(live, gone, ids, bodies, streams, versions, wholes, keys, 0, more);
  ELSE
    BEGIN
      IF ${name('save_put')}(live, ids, bodies, streams, versions, wholes, keys, 1, new_ones, 'DO NOTHING') < new_ones
        OR cardinality(absent) > 0 AND ${name('save_finds')}(gone, absent)
        OR NOT ${name('save_seen')}(
          live, gone, seen_ids, seen_bodies, seen_streams, seen_versions, ids[1:new_ones], more)
      THEN RAISE EXCEPTION USING ERRCODE = '${overtaken}', MESSAGE = 'overtaken'; END IF;
      PERFORM ${name('save_known')}(live, gone, ids, bodies, streams, versions, wholes, keys, new_ones, more);
    EXCEPTION WHEN SQLSTATE '${overtaken}' THEN RETURN;
    END;
  END IF;

  PERFORM ${name('save_events')}(of_model, of_number, of_partition, more);
  UPDATE ${name('partitions')} SET cursor = new_cursor, saves = saves + 1
    WHERE model = of_model AND number = of_number AND partition = of_partition RETURNING saves INTO save;
  outcome := 'saved';
END $function$;
${seenFunctions(name)}${documentFunctions(name)}${eventFunction(name)}`
}

/** Whether documents and tombstones are as they were seen; those that are stay so until the end of the transaction. */
function seenFunctions(name: (table: string) => string): string {
  return `
CREATE FUNCTION ${name('save_seen')}(
  live text, gone text, ids text[], bodies text, streams text[], versions bigint[], made text[], more jsonb
) RETURNS boolean LANGUAGE plpgsql AS $function$
DECLARE
  same integer;
BEGIN
  IF cardinality(ids) > 0 THEN
    EXECUTE format($$
      SELECT count(*) FROM (
        SELECT FROM %s stored JOIN unnest($1, string_to_array($2, E'\\x1e'), $3, $4) seen (id, body, stream, version)
          ON stored.id = seen.id
        WHERE stored.body = seen.body AND stored.stream = seen.stream AND stored.version = seen.version
        ORDER BY stored.id FOR UPDATE OF stored
      ) same$$, live) INTO same USING ids, bodies, streams, versions;
    IF same < cardinality(ids) THEN RETURN false; END IF;
  END IF;
  RETURN more->'seenGone' IS NULL OR ${name('save_seen_gone')}(live, gone, made, more->'seenGone');
END $function$;
CREATE FUNCTION ${name('save_seen_gone')}(live text, gone text, made text[], tombstones jsonb)
RETURNS boolean LANGUAGE plpgsql AS $function$
DECLARE
  same integer;
BEGIN
  EXECUTE format($$
    SELECT count(*) FROM (
      SELECT FROM %s stored JOIN jsonb_to_recordset($1) seen (id text, stream text, version bigint)
        ON stored.id = seen.id
      WHERE stored.stream = seen.stream AND stored.version = seen.version ORDER BY stored.id FOR UPDATE OF stored
    ) same$$, gone) INTO same USING tombstones;
  RETURN same = jsonb_array_length(tombstones)
    AND NOT ${name('save_finds')}(live, ARRAY(
      SELECT id FROM jsonb_to_recordset(tombstones) each (id text) WHERE id <> ALL (made)));
END $function$;
CREATE FUNCTION ${name('save_finds')}(table_name text, ids text[]) RETURNS boolean LANGUAGE plpgsql AS $function$
DECLARE
  is_there boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE id = ANY ($1))', table_name) INTO is_there USING ids;
  RETURN is_there;
END $function$;
`
}

/**
 * `bodies` has the documents separated by U+001E, which no JSON holds as it is: twice as fast as an array of texts that are
 * full of quotes. `keys` has the first key of all documents, then the second of all, and so on. What is inserted comes
 * first.
 */
function documentFunctions(name: (table: string) => string): string {
  return `
CREATE FUNCTION ${name('save_known')}(
  live text, gone text, ids text[], bodies text, streams text[], versions bigint[], wholes text[], keys text[],
  new_ones integer, more jsonb
) RETURNS void LANGUAGE plpgsql AS $function$
DECLARE
  updates text := '';
BEGIN
  IF more->'purged' IS NOT NULL THEN
    PERFORM ${name('save_delete')}(live, (more->'purged') - ids[1:new_ones]);
    PERFORM ${name('save_delete')}(gone, (more->'purged') - ids[1:new_ones]);
  END IF;
  IF cardinality(ids) > new_ones THEN
    FOR each IN 0 .. cardinality(keys) / cardinality(ids) - 1 LOOP
      updates := updates || format(', k%1$s = excluded.k%1$s', each);
    END LOOP;
    PERFORM ${name('save_put')}(live, ids, bodies, streams, versions, wholes, keys, new_ones + 1, cardinality(ids),
      'DO UPDATE SET body = excluded.body, stream = excluded.stream, version = excluded.version, whole = excluded.whole'
        || updates);
  END IF;
  IF more->'passing' IS NOT NULL THEN PERFORM ${name('save_delete')}(live, more->'passing'); END IF;
  IF more->'revived' IS NOT NULL THEN PERFORM ${name('save_delete')}(gone, more->'revived'); END IF;
  IF more->'buried' IS NOT NULL THEN
    PERFORM ${name('save_delete')}(live, jsonb_path_query_array(more, '$.buried.id'));
    EXECUTE format($$
      INSERT INTO %s SELECT * FROM jsonb_to_recordset($1) each (id text, stream text, version bigint, whole json)
      ON CONFLICT (id) DO UPDATE SET stream = excluded.stream, version = excluded.version$$, gone)
      USING more->'buried';
  END IF;
END $function$;
CREATE FUNCTION ${name('save_put')}(
  live text, ids text[], bodies text, streams text[], versions bigint[], wholes text[], keys text[], first integer,
  last integer, otherwise text
) RETURNS integer LANGUAGE plpgsql AS $function$
DECLARE
  total integer := cardinality(ids);
  written integer;
  names text := '';
  slices text := '';
BEGIN
  FOR each IN 0 .. cardinality(keys) / total - 1 LOOP
    names := names || format(', k%s', each);
    slices := slices || format(', ($6)[%s:%s]', each * total + first, each * total + last);
  END LOOP;
  EXECUTE format($$
    INSERT INTO %s (id, body, stream, version, whole%s)
    SELECT * FROM unnest(($1)[$7:$8], (string_to_array($2, E'\\x1e'))[$7:$8], ($3)[$7:$8], ($4)[$7:$8],
      ($5::json[])[$7:$8]%s)
    ON CONFLICT (id) %s$$, live, names, slices, otherwise)
    USING ids, bodies, streams, versions, wholes, keys, first, last;
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $function$;
CREATE FUNCTION ${name('save_delete')}(table_name text, ids jsonb) RETURNS void LANGUAGE plpgsql AS $function$
BEGIN
  EXECUTE format('DELETE FROM %s WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text($1)))', table_name) USING ids;
END $function$;
`
}

function eventFunction(name: (table: string) => string): string {
  return `
CREATE FUNCTION ${name('save_events')}(of_model text, of_number integer, of_partition integer, more jsonb)
RETURNS void LANGUAGE plpgsql AS $function$
BEGIN
  IF more->'settled' IS NOT NULL THEN
    DELETE FROM ${name('waiting')} WHERE model = of_model AND number = of_number AND partition = of_partition
      AND key = ANY (ARRAY(SELECT jsonb_array_elements_text(more->'settled')));
  END IF;
  IF more->'waiting' IS NOT NULL THEN
    INSERT INTO ${name('waiting')}
      SELECT of_model, of_number, of_partition, each.* FROM jsonb_to_recordset(more->'waiting')
        each (key text, stream text, version bigint, document text, since float8, error text, attempts integer)
      ON CONFLICT (model, number, partition, key) DO UPDATE
        SET since = excluded.since, error = excluded.error, attempts = excluded.attempts;
  END IF;
  IF more->'discarded' IS NOT NULL THEN
    INSERT INTO ${name('discarded')}
      (model, key, stream, version, document, since, error, attempts, reason, actor, at)
      SELECT of_model, each.* FROM jsonb_to_recordset(more->'discarded')
        each (key text, stream text, version bigint, document text, since float8, error text, attempts integer,
          reason text, actor text, at float8)
      ON CONFLICT (model, key) DO NOTHING;
  END IF;
END $function$;
`
}
