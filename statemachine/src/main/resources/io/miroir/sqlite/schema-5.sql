-- Format 5: what changes from format 4. The highest format of commands that may come into the log: raised by a
-- command once every member knows a later one, never lowered. What was written before is of the first.
CREATE TABLE cluster_format (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    format INTEGER NOT NULL
) STRICT;
INSERT INTO cluster_format VALUES (1, 1);
