package io.miroir.store;

import io.miroir.store.format.Formats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pod knows of the store.
 *
 * @param backend {@code sqlite} or {@code raft}
 * @param podId this pod
 * @param role its part
 * @param term the term it knows; the fencing token of leader-only duties
 * @param leaderId the leader it knows, if any
 * @param voters ids of the pods that vote
 * @param appliedIndex last index in this pod's database
 * @param commitIndex last index known to be committed; the difference is what this pod lags behind
 * @param storeTimeMicros store time of the last applied command, epoch microseconds
 * @param formats of commands: what the cluster has agreed on, and what this pod knows
 */
public record StoreStatus(
        String backend,
        String podId,
        Role role,
        long term,
        @Nullable String leaderId,
        List<String> voters,
        long appliedIndex,
        long commitIndex,
        long storeTimeMicros,
        Formats formats) {}
