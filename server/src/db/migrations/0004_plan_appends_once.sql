-- A batch of one was planned anew each time, because its arrays look cheaper than the average ones; planning it took
-- longer than running it. The plan that is kept looks up every row by its key, which is what any batch needs.
ALTER FUNCTION append_changes(text, bigint[], integer) SET plan_cache_mode = force_generic_plan;
