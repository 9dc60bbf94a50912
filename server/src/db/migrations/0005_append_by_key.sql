-- Appends changes to the logs of any number of rooms, in one transaction and one round trip, and says for each request
-- what became of it. `requests` is a JSON array of objects (the columns of `request` below); at most one of them may be
-- about the same item of a room, and one that changes a room itself is the last of its room. `rooms` are the rooms that
-- they name.
--
-- With `wait_ms` 0, requests of rooms that another transaction holds get no row: they are to be sent again. Otherwise
-- it waits that long for the rooms and fails with `lock_not_available`; requests without a row are then about rooms
-- that do not exist.
--
-- What it says is kept short: rows are sent before the transaction ends, and to a node that has stopped to read a long
-- answer would keep it from ending, and the rooms locked. Whoever needs an item reads it afterwards.
--
-- The rooms are locked by one statement, in the order of their ids, and everything else is read by a later one, whose
-- snapshot therefore shows all that was committed by whoever held the lock before. Revs are given only to requests that
-- change something, so that they have no holes.
CREATE OR REPLACE FUNCTION append_changes(requests text, room_ids bigint[], wait_ms integer)
RETURNS TABLE (n integer, status text, epoch text, rev bigint, facts jsonb, posted_at timestamptz)
LANGUAGE plpgsql
-- One plan is made for each connection, for any batch: to plan a batch of one takes longer than to run it. It is kept
-- for as long as the connection lives and may be made while the tables are empty, so each look-up is written in a way
-- that only the right index serves.
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  locked bigint[];
  all_locked boolean;
  moment timestamptz(3);
BEGIN
  IF wait_ms > 0 THEN
    PERFORM set_config('lock_timeout', wait_ms::text, true);
    SELECT array_agg(r.id) INTO locked
    FROM (SELECT id FROM rooms WHERE id = ANY (room_ids) ORDER BY id FOR UPDATE) r;
  ELSE
    SELECT array_agg(r.id) INTO locked
    FROM (SELECT id FROM rooms WHERE id = ANY (room_ids) ORDER BY id FOR UPDATE SKIP LOCKED) r;
  END IF;
  -- To look for each request's room among many takes longer than to store it.
  all_locked := cardinality(locked) = cardinality(room_ids);
  moment := clock_timestamp();

  RETURN QUERY
  WITH request AS (
    SELECT q.*, r.epoch, r.rev AS head, r.state AS room_state, r.title AS room_title, r.posting AS room_posting
    FROM json_to_recordset(requests::json) AS q (
      n integer, room bigint, type text, id uuid, kind text, author jsonb, "by" text, body jsonb, "text" text,
      hash text, highlight boolean, held boolean, force boolean, posted_at timestamptz, if_rev bigint, reason text,
      title text, state text, posting text
    )
    JOIN rooms r ON r.id = q.room
    WHERE all_locked OR q.room = ANY (locked)
  ),
  -- Each request beside the item that it is about (i) and, where that was removed, what it was before (v).
  known AS (
    SELECT q.*, i.id AS i_id, i.seq AS i_seq, i.rev AS i_rev, i.kind AS i_kind, i.state AS i_state,
      i.author AS i_author, i.poster AS i_poster, i.hash AS i_hash, i.body AS i_body, i.text AS i_text,
      i.media AS i_media, i.highlight AS i_highlight, i.posted_at AS i_posted_at, i.edited_at AS i_edited_at,
      i.pinned_at AS i_pinned_at, i.removed_at AS i_removed_at,
      v.rev AS v_rev, v.state AS v_state, v.body AS v_body, v.text AS v_text, v.media AS v_media
    FROM request q
    -- In this order the primary key alone serves.
    LEFT JOIN LATERAL (
      SELECT * FROM items WHERE room_id = q.room AND id >= q.id AND id <= q.id ORDER BY id LIMIT 1
    ) i ON true
    LEFT JOIN LATERAL (
      SELECT * FROM versions WHERE room_id = q.room AND item_id = q.id AND i.state = 'removed'
      ORDER BY rev DESC LIMIT 1
    ) v ON true
  ),
  judged AS (
    SELECT k.*, CASE
      WHEN type = 'room' THEN CASE
        WHEN (coalesce(title, room_title), coalesce(state, room_state), coalesce(posting, room_posting))
          = (room_title, room_state, room_posting) THEN 'unchanged' ELSE 'done' END
      WHEN type = 'post' AND i_id IS NOT NULL THEN CASE
        WHEN i_hash = hash AND i_poster IS NOT DISTINCT FROM "by" THEN 'unchanged' ELSE 'id-taken' END
      WHEN type = 'post' THEN CASE
        WHEN room_state = 'open' OR room_state = 'closed' AND force THEN 'done' ELSE 'room-closed' END
      WHEN i_id IS NULL THEN 'item-unknown'
      WHEN type = 'remove' AND i_state = 'removed' OR type = 'restore' AND i_state <> 'removed' THEN 'unchanged'
      -- Gone, or its text was erased for good.
      WHEN i_state = 'removed' AND (type <> 'restore' OR v_rev IS NULL) THEN 'item-removed'
      WHEN type = 'edit' AND body = i_body AND "text" = i_text
        OR type = 'hold' AND i_state = 'held' OR type = 'release' AND i_state = 'live'
        OR type = 'pin' AND i_pinned_at IS NOT NULL OR type = 'unpin' AND i_pinned_at IS NULL
        OR type = 'highlight' AND i_highlight OR type = 'unhighlight' AND NOT i_highlight THEN 'unchanged'
      WHEN if_rev <> i_rev THEN 'changed'
      ELSE 'done' END AS verdict,
      CASE type WHEN 'post' THEN CASE WHEN held THEN 'held' ELSE 'live' END
        WHEN 'remove' THEN 'removed' WHEN 'restore' THEN v_state WHEN 'hold' THEN 'held' WHEN 'release' THEN 'live'
        ELSE i_state END AS new_state
    FROM known k
  ),
  numbered AS MATERIALIZED (
    SELECT j.*, head + count(*) FILTER (WHERE verdict = 'done')
      OVER (PARTITION BY room ORDER BY n ROWS UNBOUNDED PRECEDING) AS new_rev
    FROM judged j
  ),
  -- The item as it is after the request, for requests that change it.
  next AS MATERIALIZED (
    SELECT room, n, type, id, new_rev, i_state, i_rev, i_body, i_text, i_media, v_rev, hash,
      CASE type WHEN 'post' THEN CASE WHEN held THEN NULL ELSE new_rev END
        WHEN 'release' THEN coalesce(i_seq, new_rev) ELSE i_seq END AS seq,
      new_state AS state,
      coalesce(i_kind, kind) AS kind, coalesce(i_author, author) AS author,
      CASE WHEN type = 'post' THEN "by" ELSE i_poster END AS poster,
      CASE WHEN type IN ('post', 'edit') THEN body WHEN type = 'remove' THEN NULL
        WHEN type = 'restore' THEN v_body ELSE i_body END AS body,
      CASE WHEN type IN ('post', 'edit') THEN "text" WHEN type = 'remove' THEN NULL
        WHEN type = 'restore' THEN v_text ELSE i_text END AS "text",
      CASE type WHEN 'remove' THEN NULL WHEN 'restore' THEN v_media ELSE i_media END AS media,
      CASE type WHEN 'post' THEN coalesce(highlight, false) WHEN 'highlight' THEN true WHEN 'unhighlight' THEN false
        ELSE i_highlight END AS highlight,
      coalesce(i_posted_at, posted_at, moment) AS posted_at,
      CASE WHEN type = 'edit' THEN moment ELSE i_edited_at END AS edited_at,
      CASE type WHEN 'pin' THEN moment WHEN 'unpin' THEN NULL ELSE i_pinned_at END AS pinned_at,
      CASE type WHEN 'remove' THEN moment WHEN 'restore' THEN NULL ELSE i_removed_at END AS removed_at
    FROM numbered WHERE verdict = 'done' AND type <> 'room'
  ),
  stored AS (
    INSERT INTO items AS i (room_id, id, seq, rev, kind, state, author, poster, hash, body, "text", media, highlight,
      posted_at, edited_at, pinned_at, removed_at, created_at)
    SELECT room, id, seq, new_rev, kind, state, author, poster, coalesce(hash, ''), body, "text", media, highlight,
      posted_at, edited_at, pinned_at, removed_at, moment
    FROM next
    ON CONFLICT (room_id, id) DO UPDATE SET seq = excluded.seq, rev = excluded.rev, state = excluded.state,
      body = excluded.body, "text" = excluded."text", media = excluded.media, highlight = excluded.highlight,
      edited_at = excluded.edited_at, pinned_at = excluded.pinned_at, removed_at = excluded.removed_at
  ),
  kept AS (
    INSERT INTO versions (room_id, item_id, rev, state, body, "text", media)
    SELECT room, id, i_rev, i_state, i_body, i_text, i_media FROM next WHERE type IN ('edit', 'remove')
  ),
  -- What is restored stands again, so it is no former version any more.
  restored AS (
    DELETE FROM versions v USING next x
    WHERE x.type = 'restore' AND v.room_id = x.room AND v.item_id = x.id AND v.rev = x.v_rev
  ),
  logged AS (
    INSERT INTO changes (room_id, rev, item_id, type, "by", at, reason)
    SELECT room, new_rev, CASE WHEN type <> 'room' THEN id END,
      CASE type WHEN 'post' THEN CASE WHEN held THEN 'held' ELSE 'posted' END WHEN 'edit' THEN 'edited'
        WHEN 'remove' THEN 'removed' WHEN 'restore' THEN 'restored' WHEN 'hold' THEN 'held'
        WHEN 'release' THEN 'released' WHEN 'pin' THEN 'pinned' WHEN 'unpin' THEN 'unpinned'
        WHEN 'highlight' THEN 'highlighted' WHEN 'unhighlight' THEN 'unhighlighted' ELSE type END,
      "by", moment, reason
    FROM numbered WHERE verdict = 'done'
  ),
  ticked AS (
    UPDATE rooms r SET rev = t.rev, altered = coalesce(t.altered, r.altered), facts_rev = coalesce(t.facts_rev, r.facts_rev),
      item_count = r.item_count + t.came - t.went, title = coalesce(t.title, r.title),
      state = coalesce(t.state, r.state), posting = coalesce(t.posting, r.posting)
    FROM (
      SELECT room, max(new_rev) AS rev, max(new_rev) FILTER (WHERE type <> 'post') AS altered,
        max(new_rev) FILTER (WHERE type = 'room') AS facts_rev,
        count(*) FILTER (WHERE new_state = 'live') AS came, count(*) FILTER (WHERE i_state = 'live') AS went,
        max(title) AS title, max(state) AS state, max(posting) AS posting
      FROM numbered WHERE verdict = 'done' GROUP BY room
    ) t
    WHERE r.id = t.room
  )
  SELECT q.n, q.verdict, q.epoch, q.new_rev,
    CASE WHEN q.type = 'room' THEN jsonb_build_object('title', coalesce(q.title, q.room_title),
      'state', coalesce(q.state, q.room_state), 'posting', coalesce(q.posting, q.room_posting)) END,
    CASE WHEN q.type = 'post' THEN moment END
  FROM numbered q;
END
$$;
