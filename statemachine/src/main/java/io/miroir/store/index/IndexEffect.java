package io.miroir.store.index;

import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ReplicaRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task does to the catalogue, applied in the same command that binds or finishes the task.
 * Effects name the incarnation they were decided on: where another one bears the name by now, they
 * change nothing.
 */
public sealed interface IndexEffect {

    /**
     * The index appears, with who holds what. If the uid is taken already, nothing happens.
     *
     * @param incarnation as allotted by the intent
     * @param replicas one row a node; their incarnation must be this one's
     */
    record Created(
            String uid,
            long incarnation,
            @Nullable String primaryKey,
            int shards,
            String settingsJson,
            List<ReplicaRow> replicas)
            implements IndexEffect {}

    /** The index and its replica rows are gone. */
    record Deleted(long incarnation) implements IndexEffect {}

    /** The primary key was chosen, changed or (null) undone. */
    record PrimaryKeySet(long incarnation, @Nullable String primaryKey) implements IndexEffect {}

    /** Its documents changed. */
    record Touched(long incarnation) implements IndexEffect {}

    /**
     * The client's settings are in force; the version is counted up.
     *
     * @param verified nodes that were read back and have them
     * @param unsettled nodes that are still to be changed
     */
    record SettingsCommitted(
            long incarnation, String settingsJson, List<String> verified, List<String> unsettled)
            implements IndexEffect {
        public SettingsCommitted {
            verified = List.copyOf(verified);
            unsettled = List.copyOf(unsettled);
        }
    }

    /**
     * Some nodes were read back and have the settings in force, others have or may have other ones.
     *
     * @param version changes nothing unless this one is in force; {@link #ANY_VERSION}
     * @param leadingGroup the replica group that is changed before the others; null: as before,
     *     until some node is verified, which ends a roll or undoes it
     */
    record NodesStand(
            long incarnation,
            List<String> verified,
            List<String> unsettled,
            long version,
            @Nullable Integer leadingGroup)
            implements IndexEffect {
        public static final long ANY_VERSION = 0;

        public NodesStand {
            verified = List.copyOf(verified);
            unsettled = List.copyOf(unsettled);
        }

        /** Tells of nodes without changing which group leads, should one. */
        public NodesStand(
                long incarnation, List<String> verified, List<String> unsettled, long version) {
            this(incarnation, verified, unsettled, version, null);
        }
    }

    /** Its writes are refused for that reason, or (null) no more. */
    record Frozen(long incarnation, @Nullable String reason) implements IndexEffect {}

    /** The index bears another name; nothing happens if that is taken. */
    record Renamed(long incarnation, String newUid) implements IndexEffect {}

    /** Two indexes exchange their names. */
    record Swapped(long incarnation, long otherIncarnation) implements IndexEffect {}

    /**
     * The task waits for all that is before it in the lanes of these names, and all that comes
     * after waits for it: no change of these indexes is intended until it has ended (protocol rule
     * 7).
     *
     * @param indexUids what the task speaks of, in its order; at most {@link Lanes#NAMES_MAX}
     */
    record Barrier(List<String> indexUids) implements IndexEffect {
        public Barrier {
            indexUids = List.copyOf(indexUids);
            if (indexUids.size() > Lanes.NAMES_MAX) {
                throw new IllegalArgumentException(indexUids.size() + " names");
            }
        }
    }

    /**
     * What the other effects were decided on. Where the name stands for another index by now,
     * nothing of the command is done.
     *
     * @param incarnation 0 where there is no such index
     */
    record NameExpected(String uid, long incarnation) implements IndexEffect {}

    /**
     * A node did not apply what it had accepted: these of its replicas are not read any more.
     *
     * @param shards at least one
     */
    record ReplicasOut(long incarnation, String nodeId, List<Integer> shards)
            implements IndexEffect {
        public ReplicasOut {
            if (shards.isEmpty()) {
                throw new IllegalArgumentException("no shard of " + nodeId);
            }
            shards = List.copyOf(shards);
        }
    }
}
