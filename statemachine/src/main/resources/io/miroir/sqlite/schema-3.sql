-- Format 3: an API key's expiry is kept as its client wrote it, offset and all. No program wrote the number
-- that was there.
ALTER TABLE api_keys DROP COLUMN expires_at;
ALTER TABLE api_keys ADD COLUMN expiry TEXT;

-- Has a row once the keys that every cluster begins with were made: those that are deleted stay deleted.
CREATE TABLE api_keys_begun (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

-- Which nodes may have other settings of an index than those in force (a list, see Strings), and why its writes
-- are refused where that can't be mended.
ALTER TABLE indexes ADD COLUMN unsettled BLOB NOT NULL DEFAULT x'';
ALTER TABLE indexes ADD COLUMN frozen TEXT;
