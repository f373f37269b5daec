package io.miroir.capability.leader.export;

import io.miroir.api.Json;
import io.miroir.store.Rooms;
import io.miroir.store.lease.Leases;
import java.util.OptionalLong;
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

    /** Takes over what a leader before had done of that task. */
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
    OptionalLong done(String uid) {
        return phase.path(DONE).has(uid)
                ? OptionalLong.of(phase.path(DONE).path(uid).asLong())
                : OptionalLong.empty();
    }

    /** Whether this export made the index, or was about to. */
    boolean made(String uid) {
        return phase.path(MADE).asString("").equals(uid);
    }

    /** The index is about to be made. */
    void makes(String uid) {
        phase.put(MADE, uid);
        save();
    }

    /** All of an index was sent. */
    void did(String uid, long documents) {
        if (phase.path(DONE).size() < INDEXES_MAX) {
            phase.withObject(DONE).put(uid, documents);
            save();
        }
    }

    /** Nothing of it is kept any more. */
    void end() {
        Leases.Holding _ = leases.release(SCOPE, epoch, null).orThrow();
    }

    private void save() {
        Leases.Holding held =
                leases.renew(SCOPE, epoch, Leases.LEASE_MICROS_MAX, Json.text(phase)).orThrow();
        if (!(held instanceof Leases.Holding.Renewed)) {
            throw new IllegalStateException("the lease of exports was lost: " + held);
        }
    }
}
