package io.miroir.store.lane;

import io.miroir.store.index.IndexEffect;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an intended write a task (protocol rule 2).
 *
 * @param accepted node id to the uid of the node's own task
 * @param counted shards of the accepting nodes that make the quorum, which all must be in sync
 *     still; empty if nothing is acknowledged
 * @param missed node id to the reason why it did not take the write; its replicas are marked out
 * @param missedShards shards of a missed node that the write touched; empty or absent means all
 * @param detailsJson the task's details
 * @param terminal null for a task that is still to run
 * @param errorJson with status {@code FAILED}
 * @param effects what it does to the catalogue right now
 * @param pinnedGroup the first replica group with a quorum, where reads of the write's session may
 *     go; null if there is none
 */
public record Bind(
        String lane,
        long epoch,
        long position,
        TaskType type,
        String detailsJson,
        Map<String, Long> accepted,
        Map<String, List<Integer>> counted,
        Map<String, String> missed,
        Map<String, List<Integer>> missedShards,
        @Nullable TaskStatus terminal,
        @Nullable String errorJson,
        List<IndexEffect> effects,
        @Nullable Integer pinnedGroup) {}
