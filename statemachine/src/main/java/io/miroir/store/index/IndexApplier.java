package io.miroir.store.index;

import io.miroir.proto.store.Effect;
import io.miroir.proto.store.IndexCreated;
import io.miroir.proto.store.IndexFrozen;
import io.miroir.proto.store.NodesStand;
import io.miroir.proto.store.NodesStanding;
import io.miroir.proto.store.PrimaryKeySet;
import io.miroir.proto.store.ReplicasOut;
import io.miroir.proto.store.SettingsCommitted;
import io.miroir.store.Change;
import io.miroir.store.engine.NewerFormatException;
import io.miroir.store.engine.Write;
import io.miroir.store.lane.BarrierApplier;
import io.miroir.store.lane.LaneApplier;
import io.miroir.store.nodesettings.NodeSettingsApplier;
import io.miroir.store.replica.InSync;
import io.miroir.store.replica.ReplicaApplier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes the catalogue: the effects of tasks. */
public final class IndexApplier {
    private IndexApplier() {}

    /** Applies what a task does. */
    public static void apply(Write write, long taskUid, List<Effect> effects) {
        for (Effect effect : effects) {
            apply(write, taskUid, effect);
        }
    }

    /** Whether a name that the effects were decided on stands for another index by now. */
    public static boolean namesChanged(Write write, List<Effect> effects) {
        return effects.stream()
                .filter(Effect::hasNameExpected)
                .map(Effect::getNameExpected)
                .anyMatch(name -> name.getIncarnation() != incarnationOf(write, name.getUid()));
    }

    /** The incarnation that a name stands for, 0 for none. */
    public static long incarnationOf(Write write, String uid) {
        return IndexReads.get(write.sql(), uid).map(IndexRow::incarnation).orElse(0L);
    }

    /** Whether a shard would have no replica in sync any more, which nobody can have meant. */
    public static boolean endsShards(Write write, List<Effect> effects) {
        Map<Long, Map<String, List<Integer>>> out = new HashMap<>();
        for (Effect effect : effects) {
            if (effect.hasReplicasOut()) {
                ReplicasOut marks = effect.getReplicasOut();
                out.computeIfAbsent(marks.getIncarnation(), _ -> new HashMap<>())
                        .put(marks.getNodeId(), marks.getShardList());
            }
        }
        return out.entrySet().stream()
                .anyMatch(index -> !InSync.of(write, index.getKey()).survives(index.getValue()));
    }

    private static void apply(Write write, long taskUid, Effect effect) {
        switch (effect.getKindCase()) {
            case CREATED -> create(write, effect.getCreated());
            case DELETED -> delete(write, effect.getDeleted());
            case PRIMARY_KEY_SET -> setPrimaryKey(write, effect.getPrimaryKeySet());
            case TOUCHED -> touch(write, effect.getTouched());
            case SETTINGS_COMMITTED -> commitSettings(write, effect.getSettingsCommitted());
            case NODES_STAND -> stand(write, effect.getNodesStand());
            case FROZEN -> freeze(write, effect.getFrozen());
            case RENAMED ->
                    rename(
                            write,
                            effect.getRenamed().getIncarnation(),
                            effect.getRenamed().getNewUid());
            case SWAPPED ->
                    swap(
                            write,
                            effect.getSwapped().getIncarnation(),
                            effect.getSwapped().getOtherIncarnation());
            case REPLICAS_OUT ->
                    ReplicaApplier.missed(
                            write,
                            effect.getReplicasOut().getIncarnation(),
                            effect.getReplicasOut().getNodeId(),
                            effect.getReplicasOut().getShardList());
            case BARRIER ->
                    BarrierApplier.raise(write, taskUid, effect.getBarrier().getIndexUidList());
            case NAME_EXPECTED -> {}
            case KIND_NOT_SET -> throw new NewerFormatException("an effect");
        }
    }

    private static void create(Write write, IndexCreated created) {
        boolean taken =
                IndexReads.get(write.sql(), created.getUid()).isPresent()
                        || IndexReads.get(write.sql(), created.getIncarnation()).isPresent();
        if (taken) {
            return;
        }
        write.sql()
                .update(
                        "INSERT INTO indexes (incarnation, uid, primary_key, shards, settings_json,"
                                + " settings_version, created_at, updated_at)"
                                + " VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
                        created.getIncarnation(),
                        created.getUid(),
                        created.hasPrimaryKey() ? created.getPrimaryKey() : null,
                        created.getShards(),
                        created.getSettingsJson(),
                        write.now(),
                        write.now());
        write.rowsChanged("indexes", 1);
        changed(write, created.getIncarnation());
        ReplicaApplier.create(write, created.getIncarnation(), created.getReplicasList());
    }

    private static void delete(Write write, long incarnation) {
        Optional<IndexRow> row = IndexReads.get(write.sql(), incarnation);
        if (row.isEmpty()) {
            return;
        }
        write.sql().update("DELETE FROM indexes WHERE incarnation = ?", incarnation);
        write.rowsChanged("indexes", -1);
        write.changed(new Change.IndexChanged(row.get().uid(), null));
        NodeSettingsApplier.forget(write, row.get().uid());
        ReplicaApplier.drop(write, incarnation);
    }

    private static void setPrimaryKey(Write write, PrimaryKeySet set) {
        @Nullable String primaryKey = set.hasPrimaryKey() ? set.getPrimaryKey() : null;
        write.sql()
                .update(
                        "UPDATE indexes SET primary_key = ?, updated_at = ? WHERE incarnation = ?",
                        primaryKey,
                        write.now(),
                        set.getIncarnation());
        changed(write, set.getIncarnation());
    }

    private static void touch(Write write, long incarnation) {
        write.sql()
                .update(
                        "UPDATE indexes SET updated_at = ? WHERE incarnation = ?",
                        write.now(),
                        incarnation);
        changed(write, incarnation);
    }

    private static void commitSettings(Write write, SettingsCommitted committed) {
        write.sql()
                .update(
                        "UPDATE indexes SET settings_json = ?, settings_version ="
                                + " settings_version + 1, updated_at = ? WHERE incarnation = ?",
                        committed.getSettingsJson(),
                        write.now(),
                        committed.getIncarnation());
        settle(
                write,
                committed.getIncarnation(),
                committed.getVerifiedList(),
                committed.getUnsettledList(),
                null);
        changed(write, committed.getIncarnation());
    }

    private static void stand(Write write, NodesStand stand) {
        Optional<IndexRow> row = IndexReads.get(write.sql(), stand.getIncarnation());
        boolean meant =
                row.isPresent()
                        && (stand.getVersion() == IndexEffect.NodesStand.ANY_VERSION
                                || stand.getVersion() == row.get().settingsVersion());
        if (meant) {
            settle(
                    write,
                    stand.getIncarnation(),
                    stand.getVerifiedList(),
                    stand.getUnsettledList(),
                    leader(stand, row.get().standing()));
            changed(write, stand.getIncarnation());
        }
    }

    // Nodes that were verified have what is in force: the settings that a group led to are that by
    // now, or were given up.
    private static @Nullable Integer leader(NodesStand stand, IndexRow.Standing before) {
        if (stand.hasLeadingGroup()) {
            return stand.getLeadingGroup();
        }
        return stand.getVerifiedCount() > 0 ? null : before.leadingGroup();
    }

    /** What was read back counts as verified at the version that is in force now. */
    private static void settle(
            Write write,
            long incarnation,
            List<String> verified,
            List<String> unsettled,
            @Nullable Integer leadingGroup) {
        Optional<IndexRow> row = IndexReads.get(write.sql(), incarnation);
        if (row.isEmpty()) {
            return;
        }
        TreeSet<String> left = new TreeSet<>(row.get().standing().unsettled());
        left.addAll(unsettled);
        verified.forEach(left::remove);
        if (left.size() > Indexes.UNSETTLED_MAX) {
            // A node that left the fleet is told of by nobody any more.
            Set<String> known = ReplicaApplier.nodes(write, incarnation);
            known.addAll(unsettled);
            left.retainAll(known);
        }
        NodesStanding.Builder standing = NodesStanding.newBuilder().addAllUnsettled(left);
        if (leadingGroup != null) {
            standing.setLeadingGroup(leadingGroup);
        }
        write.sql()
                .update(
                        "UPDATE indexes SET unsettled = ? WHERE incarnation = ?",
                        standing.build().toByteArray(),
                        incarnation);
        for (String node : verified) {
            NodeSettingsApplier.verified(write, row.get().uid(), node, row.get().settingsVersion());
        }
    }

    private static void freeze(Write write, IndexFrozen frozen) {
        @Nullable String reason = frozen.hasReason() ? frozen.getReason() : null;
        write.sql()
                .update(
                        "UPDATE indexes SET frozen = ? WHERE incarnation = ?",
                        reason,
                        frozen.getIncarnation());
        changed(write, frozen.getIncarnation());
    }

    private static void rename(Write write, long incarnation, String newUid) {
        Optional<IndexRow> row = IndexReads.get(write.sql(), incarnation);
        if (row.isEmpty() || IndexReads.get(write.sql(), newUid).isPresent()) {
            return;
        }
        setUid(write, incarnation, newUid);
        NodeSettingsApplier.forget(write, row.get().uid());
        LaneApplier.exchangeHistory(write, row.get().uid(), newUid);
        changed(write, incarnation);
        write.changed(new Change.IndexChanged(row.get().uid(), null));
    }

    private static void swap(Write write, long incarnation, long otherIncarnation) {
        Optional<IndexRow> one = IndexReads.get(write.sql(), incarnation);
        Optional<IndexRow> other = IndexReads.get(write.sql(), otherIncarnation);
        if (one.isEmpty() || other.isEmpty()) {
            return;
        }
        // The column is unique at every moment, so one of the two steps aside; no uid holds a
        // slash.
        setUid(write, incarnation, "/swap");
        setUid(write, otherIncarnation, one.get().uid());
        setUid(write, incarnation, other.get().uid());
        NodeSettingsApplier.forget(write, one.get().uid());
        NodeSettingsApplier.forget(write, other.get().uid());
        LaneApplier.exchangeHistory(write, one.get().uid(), other.get().uid());
        changed(write, incarnation);
        changed(write, otherIncarnation);
    }

    private static void setUid(Write write, long incarnation, String uid) {
        write.sql()
                .update(
                        "UPDATE indexes SET uid = ?, updated_at = ? WHERE incarnation = ?",
                        uid,
                        write.now(),
                        incarnation);
    }

    /** Tells watchers of a row that was written. */
    public static void changed(Write write, long incarnation) {
        IndexReads.get(write.sql(), incarnation)
                .ifPresent(row -> write.changed(new Change.IndexChanged(row.uid(), row)));
    }
}
