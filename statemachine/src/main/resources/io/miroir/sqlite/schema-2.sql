-- Format 2: what changes from format 1. Which tasks match a query is answered from bitmaps in memory
-- (store/task/TaskIndex), so that a task's row costs one index less for each of its filters.
DROP INDEX tasks_status;
DROP INDEX tasks_index;
DROP INDEX tasks_batch;
DROP INDEX tasks_canceled;
-- Which finished task is forgotten first: by the cap, and by age.
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;

-- What expires is removed as entries are applied, once a second of store time: on every pod at the same
-- entry, whatever its own clock and configuration.
ALTER TABLE applied ADD COLUMN next_sweep_at INTEGER NOT NULL DEFAULT 0;

-- Caps and lifetimes that operators set. Appliers obey this row, never a pod's configuration: pods with
-- different files would part. Times in microseconds.
CREATE TABLE limits (
    id                     INTEGER PRIMARY KEY CHECK (id = 1),
    version                INTEGER NOT NULL,
    tasks_max              INTEGER NOT NULL,
    task_retention         INTEGER NOT NULL,
    idempotency_keys_max   INTEGER NOT NULL,
    idempotency_ttl        INTEGER NOT NULL,
    sessions_max           INTEGER NOT NULL,
    session_ttl            INTEGER NOT NULL,
    jobs_max               INTEGER NOT NULL,
    job_retention          INTEGER NOT NULL,
    alias_history_max      INTEGER NOT NULL,
    canary_runs_max        INTEGER NOT NULL,
    cdc_overflow_bytes_max INTEGER NOT NULL,
    rate_buckets_max       INTEGER NOT NULL
) STRICT;
INSERT INTO limits VALUES (1, 1, 1000000, 604800000000, 1000000, 86400000000, 100000, 900000000,
    100000, 604800000000, 10, 100, 1073741824, 100000);

-- Tables of the first format that only held rows; no program wrote them.
DROP TABLE jobs;
CREATE TABLE jobs (
    id               TEXT PRIMARY KEY,
    type             TEXT NOT NULL,
    partition        TEXT NOT NULL,
    params_json      TEXT NOT NULL,
    state            INTEGER NOT NULL,
    claimed_by       TEXT,
    claim            INTEGER NOT NULL,
    claim_expires_at INTEGER,
    progress_json    TEXT NOT NULL,
    error_json       TEXT,
    attempts         INTEGER NOT NULL,
    attempts_max     INTEGER NOT NULL,
    backoff          INTEGER NOT NULL,
    enqueued_at      INTEGER NOT NULL,
    ready_at         INTEGER NOT NULL,
    ended_at         INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_ready ON jobs (type, ready_at, id) WHERE state = 0;
CREATE INDEX jobs_ready_in ON jobs (type, partition, ready_at, id) WHERE state = 0;
CREATE INDEX jobs_claimed ON jobs (claim_expires_at, id) WHERE state = 1;
CREATE INDEX jobs_ended ON jobs (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_state ON jobs (state, id);

DROP TABLE leader_lease;
-- Where a duty stands, who has it and until when. A lease taken under a term ends with it.
CREATE TABLE leader_lease (
    scope      TEXT PRIMARY KEY,
    holder     TEXT NOT NULL,
    term       INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    phase_json TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX leader_lease_updated ON leader_lease (updated_at);

-- Events that a sink could not take yet lie in segment files on pods' volumes; here is what they hold and
-- where, and what was given up.
CREATE TABLE cdc_overflow (
    sink_name  TEXT NOT NULL,
    index_uid  TEXT NOT NULL,
    first_seq  INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    sha256     BLOB NOT NULL,
    pods       BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (sink_name, index_uid, first_seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE cdc_sinks (
    sink_name   TEXT PRIMARY KEY,
    bytes       INTEGER NOT NULL,
    lost_events INTEGER NOT NULL,
    lost_bytes  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The key with which pods search for the search UI's visitors; the one before is revoked on the nodes only
-- when every live pod was seen to use the new one.
CREATE TABLE scoped_keys (
    index_uid    TEXT PRIMARY KEY,
    primary_uid  TEXT NOT NULL,
    previous_uid TEXT,
    generation   INTEGER NOT NULL,
    rotated_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE scoped_key_sightings (
    index_uid  TEXT NOT NULL,
    pod_id     TEXT NOT NULL,
    generation INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (index_uid, pod_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX scoped_key_sightings_expires ON scoped_key_sightings (expires_at);

-- Requests that an address may make in a window, as leased by pods; who failed to log in, and from when on
-- it may try again.
CREATE TABLE rate_buckets (
    scope      INTEGER NOT NULL,
    address    TEXT NOT NULL,
    taken      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX rate_buckets_expires ON rate_buckets (expires_at);
CREATE TABLE login_backoff (
    address         TEXT PRIMARY KEY,
    failed          INTEGER NOT NULL,
    next_allowed_at INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX login_backoff_expires ON login_backoff (expires_at);

CREATE TABLE webhooks (
    uuid       TEXT PRIMARY KEY,
    url        TEXT NOT NULL,
    headers    BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
