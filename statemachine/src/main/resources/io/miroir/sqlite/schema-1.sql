-- The task store, format 1. Every pod has this file; the same commands make the same rows.
-- Times are epoch microseconds of store time. Numbers of statuses, types and states are the codes of the
-- Java enums. Columns of several values are protobuf (proto/store.proto), so that no JSON parser is
-- needed here; *_json columns are the proxy's words and are never looked into.

-- How far this database has come. In the transaction of the rows it speaks of: after a crash the log is
-- replayed from exactly here. The counters are never given twice, so they outlive the rows they named.
CREATE TABLE applied (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    applied_index    INTEGER NOT NULL,
    applied_term     INTEGER NOT NULL,
    store_time       INTEGER NOT NULL,
    next_task_uid    INTEGER NOT NULL,
    next_incarnation INTEGER NOT NULL,
    next_epoch       INTEGER NOT NULL
) STRICT;
INSERT INTO applied VALUES (1, 0, 0, 0, 0, 1, 1);

-- The last batch of each proposer and its answer: a batch that is sent again (its reply was lost with a
-- leader) is answered, not applied again (protocol rule 22).
CREATE TABLE proposers (
    proposer  INTEGER PRIMARY KEY,
    sequence  INTEGER NOT NULL,
    outcome   BLOB NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT;

-- ---- the 14 tables of the upstream plan

CREATE TABLE tasks (
    uid          INTEGER PRIMARY KEY,
    batch_uid    INTEGER,
    index_uid    TEXT,
    type         INTEGER NOT NULL,
    status       INTEGER NOT NULL,
    canceled_by  INTEGER,
    enqueued_at  INTEGER NOT NULL,
    started_at   INTEGER,
    finished_at  INTEGER,
    details_json TEXT NOT NULL,
    error_json   TEXT,
    lane         TEXT,
    epoch        INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    incarnation  INTEGER NOT NULL,
    dispatch     BLOB
) STRICT;
CREATE INDEX tasks_status ON tasks (status, uid);
CREATE INDEX tasks_index ON tasks (index_uid, uid);
CREATE INDEX tasks_unfinished ON tasks (lane, position) WHERE status < 2 AND lane IS NOT NULL;
CREATE INDEX tasks_batch ON tasks (batch_uid) WHERE batch_uid IS NOT NULL;
CREATE INDEX tasks_canceled ON tasks (canceled_by) WHERE canceled_by IS NOT NULL;

CREATE TABLE node_settings_version (
    index_uid  TEXT NOT NULL,
    node_id    TEXT NOT NULL,
    version    INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (index_uid, node_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (
    name       TEXT PRIMARY KEY,
    kind       INTEGER NOT NULL,
    targets    BLOB NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    history    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    session_id           TEXT PRIMARY KEY,
    last_write_task_uid  INTEGER,
    last_write_at        INTEGER,
    pinned_group         INTEGER,
    min_settings_version INTEGER NOT NULL,
    expires_at           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE idempotency_cache (
    key         TEXT PRIMARY KEY,
    body_sha256 BLOB NOT NULL,
    task_uid    INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_expires ON idempotency_cache (expires_at);

CREATE TABLE jobs (
    id               TEXT PRIMARY KEY,
    type             TEXT NOT NULL,
    params_json      TEXT NOT NULL,
    state            INTEGER NOT NULL,
    claimed_by       TEXT,
    claim_expires_at INTEGER,
    progress_json    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_state ON jobs (state, id);

-- Not a lease by the clock: leadership is Raft's. The row says where a duty stands and in which term.
CREATE TABLE leader_lease (
    scope      TEXT PRIMARY KEY,
    holder     TEXT NOT NULL,
    term       INTEGER NOT NULL,
    phase_json TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE canaries (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    index_uid       TEXT NOT NULL,
    interval_s      INTEGER NOT NULL,
    query_json      TEXT NOT NULL,
    assertions_json TEXT NOT NULL,
    enabled         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE canary_runs (
    canary_id              TEXT NOT NULL,
    ran_at                 INTEGER NOT NULL,
    status                 INTEGER NOT NULL,
    latency_ms             INTEGER NOT NULL,
    failed_assertions_json TEXT,
    PRIMARY KEY (canary_id, ran_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE cdc_cursors (
    sink_name      TEXT NOT NULL,
    index_uid      TEXT NOT NULL,
    last_event_seq INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    PRIMARY KEY (sink_name, index_uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant_map (
    api_key_hash BLOB PRIMARY KEY,
    tenant_id    TEXT NOT NULL,
    group_id     INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE rollover_policies (
    name           TEXT PRIMARY KEY,
    write_alias    TEXT NOT NULL,
    read_alias     TEXT NOT NULL,
    pattern        TEXT NOT NULL,
    triggers_json  TEXT NOT NULL,
    retention_json TEXT NOT NULL,
    template_json  TEXT NOT NULL,
    enabled        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE search_ui_config (
    index_uid   TEXT PRIMARY KEY,
    config_json TEXT NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_sessions (
    session_id     TEXT PRIMARY KEY,
    csrf_token     TEXT NOT NULL,
    admin_key_hash TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    revoked        INTEGER NOT NULL,
    user_agent     TEXT,
    source_ip      TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_sessions_expires ON admin_sessions (expires_at);

-- ---- what the design adds

-- The catalogue: clients' names over physical names, so that delete and recreate, rename and swap touch
-- no node, and a late write to an old incarnation cannot reach the new one.
CREATE TABLE indexes (
    incarnation      INTEGER PRIMARY KEY,
    uid              TEXT NOT NULL UNIQUE,
    primary_key      TEXT,
    shards           INTEGER NOT NULL,
    settings_json    TEXT NOT NULL,
    settings_version INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL
) STRICT;

-- Who orders an index's writes: the epoch fences everyone who did before.
CREATE TABLE lanes (
    lane          TEXT PRIMARY KEY,
    owner         TEXT NOT NULL,
    epoch         INTEGER NOT NULL,
    next_position INTEGER NOT NULL,
    claimed_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Writes that nodes may have seen and no task speaks of: the next owner settles them.
CREATE TABLE intents (
    lane                   TEXT NOT NULL,
    position               INTEGER NOT NULL,
    epoch                  INTEGER NOT NULL,
    kind                   TEXT NOT NULL,
    index_uid              TEXT NOT NULL,
    body_sha256            BLOB NOT NULL,
    idempotency_key        TEXT,
    idempotency_ttl_micros INTEGER NOT NULL,
    session_id             TEXT,
    incarnation            INTEGER NOT NULL,
    targets                BLOB NOT NULL,
    created_at             INTEGER NOT NULL,
    PRIMARY KEY (lane, position)
) STRICT, WITHOUT ROWID;
-- One open intent a key: a retry that comes while the first is under way must not start a second.
CREATE UNIQUE INDEX intents_key ON intents (idempotency_key) WHERE idempotency_key IS NOT NULL;

-- Which replica took every write; what is not in sync here is not read.
CREATE TABLE replica_state (
    incarnation INTEGER NOT NULL,
    node_id     TEXT NOT NULL,
    states      BLOB NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (incarnation, node_id)
) STRICT, WITHOUT ROWID;

-- Clients' keys are Miroir's: nodes are reached with the node key only. No secret is stored.
CREATE TABLE api_keys (
    uid         TEXT PRIMARY KEY,
    name        TEXT,
    description TEXT,
    actions     BLOB NOT NULL,
    indexes     BLOB NOT NULL,
    expires_at  INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The cluster's shape, once for all pods: a pod with another configuration must not route by it.
CREATE TABLE topology (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    version    INTEGER NOT NULL,
    json       TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
