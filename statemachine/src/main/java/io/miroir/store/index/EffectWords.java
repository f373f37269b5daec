package io.miroir.store.index;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Barrier;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.IndexCreated;
import io.miroir.proto.store.IndexFrozen;
import io.miroir.proto.store.IndexRenamed;
import io.miroir.proto.store.IndexesSwapped;
import io.miroir.proto.store.NameExpected;
import io.miroir.proto.store.NodeReplicas;
import io.miroir.proto.store.NodesStand;
import io.miroir.proto.store.PrimaryKeySet;
import io.miroir.proto.store.ReplicasOut;
import io.miroir.proto.store.SettingsCommitted;
import io.miroir.store.replica.ReplicaRow;
import java.util.List;

/** Effects as the log holds them. */
public final class EffectWords {
    private EffectWords() {}

    public static List<Effect> of(List<IndexEffect> effects) {
        return effects.stream().map(EffectWords::of).toList();
    }

    private static Effect of(IndexEffect effect) {
        Effect.Builder words = Effect.newBuilder();
        switch (effect) {
            case IndexEffect.Created created -> words.setCreated(created(created));
            case IndexEffect.Deleted deleted -> words.setDeleted(deleted.incarnation());
            case IndexEffect.PrimaryKeySet set -> words.setPrimaryKeySet(primaryKeySet(set));
            case IndexEffect.Touched touched -> words.setTouched(touched.incarnation());
            case IndexEffect.SettingsCommitted committed ->
                    words.setSettingsCommitted(
                            SettingsCommitted.newBuilder()
                                    .setIncarnation(committed.incarnation())
                                    .setSettingsJson(committed.settingsJson())
                                    .addAllVerified(committed.verified())
                                    .addAllUnsettled(committed.unsettled()));
            case IndexEffect.NodesStand stand -> words.setNodesStand(nodesStand(stand));
            case IndexEffect.Frozen frozen -> words.setFrozen(frozen(frozen));
            case IndexEffect.Renamed renamed ->
                    words.setRenamed(
                            IndexRenamed.newBuilder()
                                    .setIncarnation(renamed.incarnation())
                                    .setNewUid(renamed.newUid()));
            case IndexEffect.Swapped swapped ->
                    words.setSwapped(
                            IndexesSwapped.newBuilder()
                                    .setIncarnation(swapped.incarnation())
                                    .setOtherIncarnation(swapped.otherIncarnation()));
            case IndexEffect.ReplicasOut out ->
                    words.setReplicasOut(
                            ReplicasOut.newBuilder()
                                    .setIncarnation(out.incarnation())
                                    .setNodeId(out.nodeId())
                                    .addAllShard(out.shards()));
            case IndexEffect.Barrier barrier ->
                    words.setBarrier(Barrier.newBuilder().addAllIndexUid(barrier.indexUids()));
            case IndexEffect.NameExpected expected ->
                    words.setNameExpected(
                            NameExpected.newBuilder()
                                    .setUid(expected.uid())
                                    .setIncarnation(expected.incarnation()));
        }
        return words.build();
    }

    private static NodesStand nodesStand(IndexEffect.NodesStand stand) {
        NodesStand.Builder words =
                NodesStand.newBuilder()
                        .setIncarnation(stand.incarnation())
                        .addAllVerified(stand.verified())
                        .addAllUnsettled(stand.unsettled())
                        .setVersion(stand.version());
        if (stand.leadingGroup() != null) {
            words.setLeadingGroup(stand.leadingGroup());
        }
        return words.build();
    }

    private static IndexCreated created(IndexEffect.Created created) {
        IndexCreated.Builder words =
                IndexCreated.newBuilder()
                        .setUid(created.uid())
                        .setIncarnation(created.incarnation())
                        .setShards(created.shards())
                        .setSettingsJson(created.settingsJson());
        if (created.primaryKey() != null) {
            words.setPrimaryKey(created.primaryKey());
        }
        for (ReplicaRow replica : created.replicas()) {
            if (replica.incarnation() != created.incarnation()
                    || replica.states().shards() != created.shards()) {
                throw new IllegalArgumentException(
                        replica + " does not belong to " + created.uid());
            }
            words.addReplicas(
                    NodeReplicas.newBuilder()
                            .setNodeId(replica.nodeId())
                            .setStates(ByteString.copyFrom(replica.states().toBytes())));
        }
        return words.build();
    }

    private static IndexFrozen frozen(IndexEffect.Frozen frozen) {
        IndexFrozen.Builder words = IndexFrozen.newBuilder().setIncarnation(frozen.incarnation());
        if (frozen.reason() != null) {
            words.setReason(frozen.reason());
        }
        return words.build();
    }

    private static PrimaryKeySet primaryKeySet(IndexEffect.PrimaryKeySet set) {
        PrimaryKeySet.Builder words = PrimaryKeySet.newBuilder().setIncarnation(set.incarnation());
        if (set.primaryKey() != null) {
            words.setPrimaryKey(set.primaryKey());
        }
        return words.build();
    }
}
