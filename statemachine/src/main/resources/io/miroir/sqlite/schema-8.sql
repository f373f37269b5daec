-- Format 8: what changes from format 7. What clients configure as one JSON object each: the network.
CREATE TABLE client_objects (
    name       TEXT PRIMARY KEY,
    json       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
