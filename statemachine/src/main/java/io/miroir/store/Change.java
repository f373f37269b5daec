package io.miroir.store;

import io.miroir.store.alias.AliasRow;
import io.miroir.store.apikey.ApiKeyRow;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.LaneRow;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.topology.TopologyRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing that applying a command changed. A null row means: it is gone. */
public sealed interface Change {

    /** An index of the catalogue was created, changed, renamed or deleted. */
    record IndexChanged(String uid, @Nullable IndexRow row) implements Change {}

    /** A node's replicas of one index incarnation changed. */
    record ReplicasChanged(ReplicaRow row) implements Change {}

    /** All replicas of an incarnation are gone with its index. */
    record ReplicasDropped(long incarnation) implements Change {}

    record AliasChanged(String name, @Nullable AliasRow row) implements Change {}

    record ApiKeyChanged(String uid, @Nullable ApiKeyRow row) implements Change {}

    /** A task was created or took a step. */
    record TaskChanged(long uid, TaskStatus status, @Nullable String indexUid) implements Change {}

    record TasksDeleted(List<Long> uids) implements Change {}

    /** A lane has a new owner. */
    record LaneChanged(LaneRow row) implements Change {}

    /** A session of the admin UI was ended, or (null) all of them. */
    record AdminSessionsRevoked(@Nullable String sessionId) implements Change {}

    record TopologyChanged(TopologyRow row) implements Change {}

    /** A row of another table was written or deleted. */
    record RowChanged(String table, String key) implements Change {}
}
