-- The rev up to which a room's changes may have been deleted: nobody can go on from a position below it.
ALTER TABLE "rooms" ADD COLUMN "floor" bigint DEFAULT 0 NOT NULL;
