/** A page of the feed ends with the commit that exceeds this many bytes: it is held in memory as a whole. */
const maxPageSize = 4 * 1024 * 1024

/**
 * The functions that read the feed: see `feed.ts`. As functions, their plans are kept, which are most of the work when
 * nothing is there to be read.
 *
 * 1. They are STABLE: all in them sees the snapshot of the statement that calls them, which is the one that they tell.
 * 2. What a cursor lacks is looked for in three places that have nothing in common: by position, what began later; by
 *    xid, what was running; by xid, what may have been under way although the snapshot does not say so.
 * 3. Payloads are fetched only of what is given: the page is cut by sizes.
 *
 * Plans must not hang on how much was there when they were made: adding nothing to a number keeps the planner from another
 * index than the one that is meant, where it might look at most of the log.
 *
 * @param name gives the name of a table as SQL takes it, with its schema
 */
export function feedFunctions(name: (table: string) => string): string {
  const settings = `LANGUAGE plpgsql STABLE SET search_path = pg_catalog
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off`
  const find = (...conditions: string[]) => `
      SELECT * FROM ${name('commits')} WHERE ${conditions.join(' AND ')}
        AND xid + 0 < target_end AND xid <> ALL (target_running) AND (of IS NULL OR slot % of = partition)`
  const findByXid = (condition: string) => `(${find(condition, 'position + 0 > last')} ORDER BY position + 0 LIMIT max)`
  return `
CREATE FUNCTION ${name('now')}(
  offset_here bigint, known_epoch text, OUT snapshot text, OUT added bigint, OUT next bigint, OUT newest bigint, OUT floor bigint
) ${settings} AS $function$
DECLARE
  snapshot_end xid8 := pg_snapshot_xmax(pg_current_snapshot());
BEGIN
  IF offset_here IS NOT NULL AND pg_is_in_recovery() THEN RAISE EXCEPTION USING ERRCODE = '25006', MESSAGE = 'a standby'; END IF;
  added := coalesce(offset_here, ${name('check_place')}(known_epoch));
  snapshot := pg_current_snapshot();
  -- The age of an xid is how many have been given out since.
  next := snapshot_end::text::bigint + greatest(age(snapshot_end::xid), 0) + added;
  newest := coalesce((SELECT max(xid) FROM ${name('commits')}), 0);
  floor := coalesce((SELECT max(position) FROM ${name('commits')}), 0);
END $function$;

CREATE FUNCTION ${name('feed')}(
  last bigint, floor_seen bigint, next_seen bigint, end_seen bigint, running_seen bigint[],
  target_end bigint, target_running bigint[], max integer, of integer, partition integer
) RETURNS TABLE (
  "position" bigint, xid bigint, stream text, version bigint, count integer, payload text, found bigint
) ${settings} AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT page.position, page.xid, coalesce(long_name, page.stream), page.version, page.count, page.payload, page.found
  FROM (
    SELECT *, sum(size) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) - size AS before, count(*) OVER () AS found
    FROM (
      SELECT * FROM (
        (${find('position > greatest(last, floor_seen)', 'xid + 0 >= next_seen')} ORDER BY position LIMIT max)
        UNION ALL ${findByXid('xid = ANY (running_seen)')}
        UNION ALL ${findByXid('xid >= end_seen AND xid < next_seen')}
      ) AS each ORDER BY position LIMIT max
    ) AS first
  ) AS page WHERE before < ${maxPageSize} ORDER BY page.position;
END $function$;
`
}
