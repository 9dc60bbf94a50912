-- A name for a new life of a room's log.
CREATE FUNCTION new_epoch() RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)
$$;
--> statement-breakpoint
-- Where this database has come from: the cluster's own identity, and the timeline that it writes, which is a new one
-- after every restore to a point in time and every promotion of a replica. Where either has changed since the last
-- look, each room begins a new epoch. Says how many did.
CREATE FUNCTION check_epochs() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  origin jsonb;
  known jsonb;
  renewed bigint := 0;
BEGIN
  -- In a statement of its own: what follows sees what whoever held it before has written.
  PERFORM pg_advisory_xact_lock(4837202);
  SELECT jsonb_build_object('system', system_identifier::text,
    'timeline', substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)) INTO origin FROM pg_control_system();
  SELECT value INTO known FROM meta WHERE key = 'origin';
  IF known IS DISTINCT FROM origin THEN
    IF known IS NOT NULL THEN
      UPDATE rooms SET epoch = new_epoch();
      GET DIAGNOSTICS renewed = ROW_COUNT;
    END IF;
    INSERT INTO meta (key, value) VALUES ('origin', origin) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
  END IF;
  RETURN renewed;
END
$$;
