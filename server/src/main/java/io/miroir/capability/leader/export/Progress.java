package io.miroir.capability.leader.export;

import io.miroir.api.Json;
import io.miroir.store.Rooms;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lease.Leases;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far an export is, kept for the next leader. Above all it knows which index this export has
 * made: one that was there before keeps its settings, and the other Meilisearch can't tell.
 */
final class Progress {
    static final String SCOPE = "export";

    /** Of more indexes the later ones are sent again after a loss. */
    static final int INDEXES_MAX = 1_000;

    private static final String TASK = "task";
    private static final String MADE = "made";
    private static final String DONE = "done";

    private final Leases leases;
    private final long epoch;
    private final ObjectNode phase;

    private Progress(Leases leases, long epoch, ObjectNode phase) {
        this.leases = leases;
        this.epoch = epoch;
        this.phase = phase;
    }

    /**
     * Takes over what a leader before had done of that task. It stays until another task takes its
     * place: whoever leads next must not begin anew with one whose end is not in the store yet.
     */
    static Progress take(Rooms fenced, String podId, long task) {
        Leases leases = fenced.leases();
        Leases.Taking taking = leases.take(SCOPE, podId, Leases.LEASE_MICROS_MAX).orThrow();
        if (!(taking instanceof Leases.Taking.Taken taken)) {
            throw new IllegalStateException("no lease of exports: " + taking);
        }
        ObjectNode phase = Json.parseObject(taken.phaseJson());
        if (phase.path(TASK).asLong(-1) != task) {
            phase = Json.object().put(TASK, task);
        }
        return new Progress(leases, taken.epoch(), phase);
    }

    /** How many documents of an index were sent, if all were. */
    OptionalLong done(IndexRow index) {
        JsonNode documents = phase.path(DONE).path(key(index));
        return documents.isNumber() ? OptionalLong.of(documents.asLong()) : OptionalLong.empty();
    }

    /** Whether this export made the index, or was about to. */
    boolean made(IndexRow index) {
        return phase.path(MADE).asString("").equals(key(index));
    }

    /** The index is about to be made. */
    void makes(IndexRow index) {
        phase.put(MADE, key(index));
        save();
    }

    /** All of an index was sent. */
    void did(IndexRow index, long documents) {
        if (phase.path(DONE).size() < INDEXES_MAX) {
            phase.withObject(DONE).put(key(index), documents);
            save();
        }
    }

    /** For the next leader the name may be another index's. */
    private static String key(IndexRow index) {
        return index.uid() + '@' + index.incarnation();
    }

    private void save() {
        Leases.Holding held =
                leases.renew(SCOPE, epoch, Leases.LEASE_MICROS_MAX, Json.text(phase)).orThrow();
        if (!(held instanceof Leases.Holding.Renewed)) {
            throw new IllegalStateException("the lease of exports was lost: " + held);
        }
    }
}
