package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a task ends once its nodes are done (protocol, rule 5): a node task that failed on some
 * replicas puts those out, on all of them it fails the client's task.
 *
 * @param status succeeded, failed or canceled
 * @param visible the details that clients see
 * @param error why it failed, in the client's words
 * @param effects what happens to the catalogue
 * @param out for each node the shards that the command that ends the task marks out
 */
record Completion(
        TaskStatus status,
        ObjectNode visible,
        @Nullable ObjectNode error,
        List<IndexEffect> effects,
        Map<String, ShardSet> out) {

    /**
     * What is known of the nodes.
     *
     * @param results of those that are done
     * @param verified those that were seen to have the settings that the task commits
     * @param givenUp those that are not waited for where others have the same
     * @param all nodes of the index, also those that never heard of the task
     */
    record Evidence(
            Map<String, NodeResult> results,
            Set<String> verified,
            Set<String> givenUp,
            Set<String> all) {}

    /** Of a task that was canceled before any node heard of it. */
    static Completion canceled(Tracked task) {
        return new Completion(
                TaskStatus.CANCELED, visibleFailure(task.details()), null, List.of(), Map.of());
    }

    /** Of a task that made its index, and was canceled afterwards. */
    static Completion undone(Tracked task) {
        return new Completion(
                TaskStatus.CANCELED,
                visibleFailure(task.details()),
                null,
                List.of(new IndexEffect.Deleted(task.place().incarnation())),
                Map.of());
    }

    /**
     * Decides, or waits.
     *
     * @param held the shards that it touched, and who has them
     * @return empty while the end is open
     */
    static Optional<Completion> of(Tracked task, Tracked.Held held, Evidence evidence) {
        Map<String, ShardSet> replicas = held.inSync();
        Map<String, NodeResult> results = evidence.results();
        Map<String, Divergence.Has> has = new TreeMap<>();
        results.forEach((node, result) -> has.put(node, result.has()));
        Set<Integer> applied = shardsOf(replicas, node -> has.get(node) == Divergence.Has.YES);
        for (String node : task.accepted().keySet()) {
            if (results.containsKey(node)) {
                continue;
            }
            boolean spare =
                    replicas.getOrDefault(node, ShardSet.none()).stream()
                            .allMatch(applied::contains);
            if (!evidence.givenUp().contains(node) || !spare) {
                return Optional.empty();
            }
        }
        Set<Integer> touched = shardsOf(replicas, _ -> true);
        Set<String> verified = evidence.verified();
        Set<Integer> set = shardsOf(replicas, verified::contains);
        ObjectNode error = task.details().error();
        boolean canceled = error == null && isCanceled(task, replicas, touched, results);
        if (error == null
                && !canceled
                && (isUntold(task, held, results) || !applied.containsAll(touched))) {
            error = firstError(task, results);
        }
        TaskStatus status = error == null ? TaskStatus.SUCCEEDED : TaskStatus.FAILED;
        if (canceled) {
            status = TaskStatus.CANCELED;
        }
        return Optional.of(
                new Completion(
                        status,
                        visible(task, status, replicas, results),
                        error,
                        effects(
                                task,
                                status,
                                !applied.isEmpty(),
                                set.containsAll(touched) ? verified : Set.of(),
                                evidence.all()),
                        Divergence.of(changed(task, replicas, results), has)));
    }

    /**
     * The replicas that the task may have made differ. An edit that found nothing to edit left its
     * node as it was: it goes with those that refused the edit for one of their documents, and with
     * those that edited others.
     */
    private static Map<String, ShardSet> changed(
            Tracked task, Map<String, ShardSet> replicas, Map<String, NodeResult> results) {
        if (task.type() == TaskType.INDEX_COMPACTION) {
            return Map.of();
        }
        if (task.type() != TaskType.DOCUMENT_EDITION) {
            return replicas;
        }
        Map<String, ShardSet> changed = new TreeMap<>(replicas);
        changed.keySet()
                .removeIf(
                        node ->
                                results.get(node) instanceof NodeResult.Succeeded done
                                        && NodeResult.count(done, "editedDocuments") == 0
                                        && NodeResult.count(done, "deletedDocuments") == 0);
        return changed;
    }

    /**
     * Whether nobody tells of some shard: all who took it are out by now, as when what they had was
     * given up (protocol, rule 18), and none of them had said before that it is done.
     */
    private static boolean isUntold(
            Tracked task, Tracked.Held held, Map<String, NodeResult> results) {
        Set<Integer> told = shardsOf(held.inSync(), _ -> true);
        told.addAll(
                shardsOf(held.sent(), node -> results.get(node) instanceof NodeResult.Succeeded));
        return !task.accepted().isEmpty() && !held.touched().stream().allMatch(told::contains);
    }

    /**
     * Dropped wherever it can still be read: a node that lost the task is out. Of a compaction a
     * part is nothing by itself.
     */
    private static boolean isCanceled(
            Tracked task,
            Map<String, ShardSet> replicas,
            Set<Integer> touched,
            Map<String, NodeResult> results) {
        Predicate<String> dropped = node -> results.get(node) instanceof NodeResult.Canceled;
        if (task.type() == TaskType.INDEX_COMPACTION) {
            return results.keySet().stream().anyMatch(dropped);
        }
        return results.keySet().stream().anyMatch(dropped)
                && results.entrySet().stream()
                        .allMatch(
                                node ->
                                        dropped.test(node.getKey())
                                                || node.getValue() instanceof NodeResult.Lost)
                && shardsOf(replicas, dropped).containsAll(touched);
    }

    /** The same end, if no cancelation asks for it: somebody went to the nodes past us. */
    Completion unasked() {
        return new Completion(
                TaskStatus.FAILED,
                visible,
                new ApiException(
                                ErrorCode.INTERNAL,
                                "The task was canceled on its nodes, and nobody asked for that.")
                        .toJson(),
                effects,
                out);
    }

    /** True if what comes behind it is decided as it would be without it. */
    boolean leavesAll() {
        return out.isEmpty() && effects.stream().allMatch(IndexEffect.Touched.class::isInstance);
    }

    /** The same end, which also moves names; one that failed moves none. */
    Completion moving(NameMoves moves) {
        if (status != TaskStatus.SUCCEEDED) {
            return this;
        }
        List<IndexEffect> all = new ArrayList<>(effects);
        all.addAll(moves.effects());
        return new Completion(
                moves.error() == null ? TaskStatus.SUCCEEDED : TaskStatus.FAILED,
                visible,
                moves.error(),
                all,
                out);
    }

    private static Set<Integer> shardsOf(Map<String, ShardSet> replicas, Predicate<String> wanted) {
        Set<Integer> shards = new HashSet<>();
        replicas.forEach(
                (node, held) -> {
                    if (wanted.test(node)) {
                        held.stream().forEach(shards::add);
                    }
                });
        return shards;
    }

    /** The details of a task that ended before any node heard of it. */
    static ObjectNode visibleFailure(Details details) {
        ObjectNode visible = details.visible();
        // Of an edit that failed Meilisearch tells only how many documents it edited.
        List<String> counts =
                visible.has("editedDocuments")
                        ? List.of("editedDocuments")
                        : List.of("indexedDocuments", "deletedDocuments");
        for (String count : counts) {
            if (visible.has(count)) {
                visible.put(count, 0);
            }
        }
        return visible;
    }

    private static ObjectNode visible(
            Tracked task,
            TaskStatus status,
            Map<String, ShardSet> replicas,
            Map<String, NodeResult> results) {
        if (status != TaskStatus.SUCCEEDED) {
            return visibleFailure(task.details());
        }
        ObjectNode visible = task.details().visible();
        if (visible.has("indexedDocuments")) {
            long received = visible.path("receivedDocuments").asLong(Long.MAX_VALUE);
            long indexed =
                    task.details()
                            .counts()
                            .orElseGet(() -> counted("indexedDocuments", replicas, results));
            visible.put("indexedDocuments", Math.min(received, indexed));
        }
        for (String count : List.of("deletedDocuments", "editedDocuments")) {
            if (visible.has(count)) {
                visible.put(count, counted(count, replicas, results));
            }
        }
        if (task.type() == TaskType.INDEX_COMPACTION) {
            ByteSizes.sum(results.values(), "preCompactionSize", visible);
            ByteSizes.sum(results.values(), "postCompactionSize", visible);
        }
        return visible;
    }

    // Each document was counted once by each replica of its shard that applied the task.
    private static long counted(
            String name, Map<String, ShardSet> replicas, Map<String, NodeResult> results) {
        long sum = 0;
        long copies = 0;
        Set<Integer> shards = new HashSet<>();
        for (Map.Entry<String, ShardSet> replica : replicas.entrySet()) {
            NodeResult result = results.get(replica.getKey());
            if (result instanceof NodeResult.Succeeded) {
                sum += NodeResult.count(result, name);
                copies += replica.getValue().size();
                replica.getValue().stream().forEach(shards::add);
            }
        }
        return copies == 0 ? 0 : Math.round((double) sum * shards.size() / copies);
    }

    /**
     * All that the end changes, for one command: were the marks another one, a pod that is lost
     * between them, or has lost the lane, would leave one without the other.
     */
    List<IndexEffect> allEffects(long incarnation) {
        List<IndexEffect> all = new ArrayList<>();
        out.forEach(
                (node, shards) ->
                        all.add(
                                new IndexEffect.ReplicasOut(
                                        incarnation, node, shards.stream().boxed().toList())));
        all.addAll(effects);
        return all;
    }

    private static List<IndexEffect> effects(
            Tracked task,
            TaskStatus status,
            boolean isAnywhere,
            Set<String> verified,
            Set<String> all) {
        long incarnation = task.place().incarnation();
        boolean succeeded = status == TaskStatus.SUCCEEDED;
        List<IndexEffect> effects = new ArrayList<>();
        ObjectNode settings = task.details().settings();
        boolean creates = task.details().creates();
        if (settings != null && !verified.isEmpty() && (succeeded || creates)) {
            Set<String> others = new TreeSet<>(all);
            others.removeAll(verified);
            effects.add(
                    new IndexEffect.SettingsCommitted(
                            incarnation,
                            Json.text(settings),
                            List.copyOf(new TreeSet<>(verified)),
                            List.copyOf(others)));
        } else if (creates) {
            effects.add(new IndexEffect.Deleted(incarnation));
        }
        // Who applied a part of it has the key, and documents by it.
        if (task.details().choosesKey() && !succeeded && !isAnywhere) {
            effects.add(new IndexEffect.PrimaryKeySet(incarnation, null));
        }
        if (succeeded && task.type().changesDocuments()) {
            effects.add(new IndexEffect.Touched(incarnation));
        }
        String key = task.details().visible().path("primaryKey").asString(null);
        if (succeeded && task.type() == TaskType.INDEX_UPDATE && key != null) {
            effects.add(new IndexEffect.PrimaryKeySet(incarnation, key));
        }
        return effects;
    }

    private static ObjectNode clientsError(Tracked task, NodeResult.Failed failed) {
        ObjectNode error = ClientWords.of(failed.error(), task.physicalUid(), task.place().lane());
        String function = task.details().visible().path("function").asString(null);
        return function == null
                ? error
                : error.put(
                        "message",
                        EditFunction.unwrapped(error.path("message").asString(""), function));
    }

    private static ObjectNode firstError(Tracked task, Map<String, NodeResult> results) {
        for (NodeResult result : new TreeMap<>(results).values()) {
            if (result instanceof NodeResult.Failed failed) {
                return clientsError(task, failed);
            }
        }
        boolean applied =
                results.values().stream().anyMatch(NodeResult.Succeeded.class::isInstance);
        if (applied && results.values().stream().anyMatch(NodeResult.Canceled.class::isInstance)) {
            return new ApiException(
                            ErrorCode.MIROIR_INDETERMINATE,
                            "The task was canceled when some nodes had applied their part of it.")
                    .toJson();
        }
        return new ApiException(
                        ErrorCode.MIROIR_INDETERMINATE,
                        "No node that took the task can tell what became of it.")
                .toJson();
    }
}
