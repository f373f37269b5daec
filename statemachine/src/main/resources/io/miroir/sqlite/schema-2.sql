-- Format 2: what changes from format 1. Which tasks match a query is answered from bitmaps in memory
-- (store/task/TaskIndex), so that a task's row costs one index less for each of its filters.
DROP INDEX tasks_status;
DROP INDEX tasks_index;
DROP INDEX tasks_batch;
DROP INDEX tasks_canceled;
-- Which finished task is forgotten first: by the cap, and by age.
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;
