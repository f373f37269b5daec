package io.miroir.cluster.peer;

import io.miroir.raft.Member;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a pod tells of itself to one that greets it.
 *
 * @param podId its id
 * @param clusterId null while it belongs to none
 * @param run names this run of its process
 * @param founded whether its cluster may have decided anything
 * @param leaderId the leader that it knows
 * @param members as it knows them
 * @param commits by pod, the last index that it has said to be committed
 */
public record PodFacts(
        String podId,
        @Nullable UUID clusterId,
        long run,
        boolean founded,
        @Nullable String leaderId,
        List<Member> members,
        Map<String, Long> commits) {}
