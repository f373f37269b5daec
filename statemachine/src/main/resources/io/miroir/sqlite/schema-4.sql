-- Format 4: what changes from format 3. The names that a task of several indexes speaks of, in its order.
-- While it waits it is a barrier in their lanes: it ends after all that came before it there, and nothing is
-- intended there before it has ended (protocol rule 7).
CREATE TABLE task_names (
    task_uid  INTEGER NOT NULL,
    place     INTEGER NOT NULL,
    index_uid TEXT NOT NULL,
    waits     INTEGER NOT NULL,
    PRIMARY KEY (task_uid, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_names_waiting ON task_names (index_uid, task_uid) WHERE waits = 1;
