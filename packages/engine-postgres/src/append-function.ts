import { escapeLiteral } from 'pg'

/**
 * The function that appends a wave in one round trip. A wave is a list of members in which no stream that is written
 * occurs in two members, and no command id occurs twice.
 *
 * 1. (G1) The rows of all streams of members that leave a trace are locked until the end, in order, also of those that
 *    are only checked. A stream that is not there is locked by being there: it is inserted, and goes again when it is not
 *    to stay. So of two that meet one waits, never each for the other, and what was checked still holds at the end.
 * 2. (G6) Command ids are recorded before anything is judged, in order: what cannot be inserted is known already, or was
 *    recorded by one that was waited for. Those of a member that fails go again.
 * 3. (G2) The xid is there before the first position is drawn, and a position of a stream is drawn while its row is
 *    locked: positions of a stream are in the order of its versions, and readers can tell by xids what they lack.
 * 4. (G3) It is durable at its end, whatever the default of the role is. A default that is stronger stays as it is.
 * 5. Each statement sees what was committed before it began: first comes waiting for a lock, then looking.
 * 6. Members that only check are judged by what is committed at one moment: when all locks of the wave are held. They leave
 *    no trace, and wait for nobody.
 * 7. Plans do not hang on how much was in the tables when they were made.
 *
 * `names` holds the streams in the order of locking, `counts` how many events each gets; `locks` says which are locked;
 * a *place* is the number of one of them. What a part expects is a version, -1 for any, -2 for present. Payloads are
 * separated by U+001E, which no JSON holds as it is: in an array of texts, every quote would have to be escaped.
 *
 * @param name gives the name of a table as SQL takes it, with its schema
 */
export function appendFunction(name: (table: string) => string): string {
  return `
CREATE FUNCTION ${name('append')}(
  names text[], counts integer[], locks boolean[], part_members integer[], part_places integer[], expected bigint[],
  write_members integer[], write_places integer[], long_names text[], slots integer[], payloads text,
  command_members integer[], ids text[], command_streams text[], versions bigint[], command_counts integer[],
  hashes text[], known_epoch text, OUT heads bigint[], OUT failed integer[], OUT known integer[], OUT positions bigint[], OUT xid bigint,
  OUT snapshot text, OUT added bigint, OUT newest bigint
) LANGUAGE plpgsql SET search_path = pg_catalog
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $function$
DECLARE
  missing integer[];
  made text[];
  is_raced boolean := false;
  numbers bigint[];
BEGIN
  added := ${name('check_place')}(known_epoch);
  IF true = ANY (locks) OR cardinality(ids) > 0 THEN
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
      PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    PERFORM set_config('lock_timeout', '2s', true);
    xid := pg_current_xact_id()::text::bigint + added;
  END IF;

  IF 0 = ALL (expected) AND true = ALL (locks) THEN
    heads := array_fill(0::bigint, ARRAY[cardinality(names)]);
    missing := ARRAY(SELECT generate_subscripts(names, 1));
  ELSE
    SELECT array_agg(coalesce(stored.version, 0) ORDER BY place),
      coalesce(array_agg(place ORDER BY place) FILTER (WHERE stored.version IS NULL AND locks[place]), '{}')
      INTO heads, missing
      FROM unnest(names) WITH ORDINALITY AS given (stream, place) LEFT JOIN ${name('streams')} stored USING (stream);
  END IF;
  IF cardinality(missing) > 0 THEN
    BEGIN
      INSERT INTO ${name('streams')} (stream, version)
        SELECT names[place], counts[place] FROM unnest(missing) AS place ORDER BY place;
    EXCEPTION WHEN unique_violation THEN
      is_raced := true;
    END;
    IF is_raced THEN
      WITH inserted AS (
        INSERT INTO ${name('streams')} (stream, version)
          SELECT names[place], counts[place] FROM unnest(missing) AS place ORDER BY place
          ON CONFLICT DO NOTHING RETURNING stream
      ) SELECT coalesce(array_agg(stream), '{}') INTO made FROM inserted;
      missing := ARRAY(SELECT place FROM unnest(missing) AS place WHERE names[place] = ANY (made));
    END IF;
  END IF;
  IF is_raced OR cardinality(missing) < cardinality(array_positions(locks, true)) THEN
    WITH locked AS (
      SELECT place, stored.version
        FROM unnest(names) WITH ORDINALITY AS given (stream, place) JOIN ${name('streams')} stored USING (stream)
        WHERE locks[place] AND (heads[place] > 0 OR is_raced AND place <> ALL (missing))
        ORDER BY place FOR NO KEY UPDATE OF stored
    ) SELECT array_agg(coalesce(locked.version, heads[place]) ORDER BY place) INTO heads
      FROM generate_subscripts(heads, 1) AS place LEFT JOIN locked USING (place);
  END IF;
  IF true = ANY (locks) AND false = ANY (locks) THEN
    SELECT array_agg(CASE WHEN locks[place] THEN heads[place] ELSE coalesce(stored.version, 0) END ORDER BY place) INTO heads
      FROM unnest(names) WITH ORDINALITY AS given (stream, place) LEFT JOIN ${name('streams')} stored USING (stream);
  END IF;

  known := '{}';
  IF cardinality(ids) > 0 THEN
    WITH inserted AS (
      INSERT INTO ${name('commands')} (command_id, stream, version, count, hash)
        SELECT * FROM unnest(ids, command_streams, versions, command_counts, hashes)
        ON CONFLICT DO NOTHING RETURNING command_id
    ) SELECT array_agg(command_id) INTO made FROM inserted;
    IF cardinality(ids) > coalesce(cardinality(made), 0) THEN
      known := ARRAY(SELECT place FROM unnest(ids) WITH ORDINALITY AS given (id, place)
        WHERE made IS NULL OR id <> ALL (made));
    END IF;
  END IF;

  failed := ARRAY(
    SELECT member FROM unnest(part_members, part_places, expected) AS part (member, place, version)
      WHERE NOT CASE version WHEN -1 THEN true WHEN -2 THEN heads[place] > 0 ELSE heads[place] = version END
    UNION SELECT command_members[place] FROM unnest(known) AS place
  );

  IF cardinality(write_members) > 0 THEN
    numbers := ARRAY(
      SELECT nextval(${escapeLiteral(name('positions'))}) FROM generate_series(1, (
        SELECT sum(counts[place]) FROM unnest(write_members, write_places) AS part (member, place)
          WHERE member <> ALL (failed)
      ))
    );
    WITH written AS (
      INSERT INTO ${name('commits')} (position, xid, version, count, slot, size, stream, long_name, payload)
        SELECT numbers[sum(counts[place]) OVER (ORDER BY turn)], append.xid, heads[place] + 1, counts[place], slot,
          octet_length(payload), names[place], long_name, payload
        FROM unnest(write_members, write_places, slots, string_to_array(payloads, E'\\x1e'), long_names)
          WITH ORDINALITY AS part (member, place, slot, payload, long_name, turn)
        WHERE member <> ALL (failed) ORDER BY turn RETURNING position
    ) SELECT array_agg(position) INTO positions FROM written;
    IF cardinality(missing) < cardinality(names) THEN
      UPDATE ${name('streams')} stored SET version = heads[place] + counts[place]
        FROM unnest(write_members, write_places) AS part (member, place)
        WHERE stored.stream = names[place] AND heads[place] > 0 AND member <> ALL (failed);
    END IF;
  END IF;
  IF cardinality(missing) > 0 AND (failed <> '{}' OR 0 = ANY (counts)) THEN
    DELETE FROM ${name('streams')} WHERE stream = ANY (ARRAY(
      SELECT names[place] FROM unnest(missing) AS place WHERE place NOT IN (
        SELECT written.place FROM unnest(write_members, write_places) AS written (member, place)
          WHERE member <> ALL (failed)
      )
    ));
  END IF;
  IF cardinality(ids) > 0 AND failed <> '{}' THEN
    DELETE FROM ${name('commands')} WHERE command_id = ANY (ARRAY(
      SELECT id FROM unnest(ids, command_members) WITH ORDINALITY AS given (id, member, place)
        WHERE member = ANY (failed) AND place <> ALL (known)
    ));
  END IF;
  SELECT pg_current_snapshot(), coalesce(max(commits.xid), 0) INTO snapshot, newest FROM ${name('commits')} commits;
END $function$;
`
}
