-- Format 7: what changes from format 6. The tasks of a session's writes that its reads must still see (see
-- PendingWrites): those that had not ended when its last write was bound.
ALTER TABLE sessions ADD COLUMN pending BLOB NOT NULL DEFAULT x'';
