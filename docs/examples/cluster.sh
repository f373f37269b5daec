# Sourced by the scripts beside it: starts servers, waits for them, and ends them with the script.
# shellcheck shell=bash

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
miroir=${MIROIR:-$examples/../../miroir}
scratch=$(mktemp -d)
started=()
trap stop_all EXIT

stop_all() {
    local process
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    started=()
}

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# await_up URL PROCESS LOG
await_up() {
    local seconds=0
    until curl -sf "$1/health" >/dev/null; do
        kill -0 "$2" 2>/dev/null || fail "$1 did not start: $(tail -n 3 "$3")"
        [ "$((seconds += 1))" -le 180 ] || fail "$1 is not up after three minutes: $(tail -n 3 "$3")"
        sleep 1
    done
}

# start_meilisearch PROGRAM PORT KEY
start_meilisearch() {
    local home=$scratch/meilisearch-$2
    mkdir -p "$home"
    (cd "$home" && exec "$1" --no-analytics --http-addr "127.0.0.1:$2" --master-key "$3" \
        --db-path data --max-indexing-memory 256MiB --max-indexing-threads 1) \
        >"$home/log" 2>&1 &
    started+=($!)
    await_up "http://127.0.0.1:$2" $! "$home/log"
}

# start_cluster PORT KEY [PROGRAM]: three pods from PORT on, before 2 x 2 nodes: embedded ones, or the
# Meilisearch servers that PROGRAM is, on the four ports behind the pods'.
start_cluster() {
    local node log=$scratch/cluster.log nodes=() options=()
    if [ -n "${3:-}" ]; then
        for node in 3 4 5 6; do
            start_meilisearch "$3" $(($1 + node)) key-of-the-nodes
            nodes+=("http://127.0.0.1:$(($1 + node))")
        done
        options=(--groups 2 --node-key key-of-the-nodes --nodes "$(IFS=, && echo "${nodes[*]}")")
    fi
    "$miroir" demo --no-data --dir "$scratch/cluster" --port "$1" --master-key "$2" "${options[@]}" \
        >"$log" 2>&1 &
    started+=($!)
    await_up "http://127.0.0.1:$1" $! "$log"
}
