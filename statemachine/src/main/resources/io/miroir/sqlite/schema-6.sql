-- Format 6: what changes from format 5. The experimental features that somebody switched, for the proxy and
-- all nodes; what has no row is off.
CREATE TABLE features (
    name       TEXT PRIMARY KEY,
    is_on      INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
