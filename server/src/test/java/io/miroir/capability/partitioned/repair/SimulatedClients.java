package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.plan.WritePlan;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Clients' writes of all kinds in the index's lane: intended, sent, bound and ended. */
final class SimulatedClients {
    private static final int IDS = 40;
    private static final String NO_BODY = "0".repeat(64);

    private final SimulatedCluster cluster;
    private final GivenUpRequests givenUp;
    private final Deque<Open> open = new ArrayDeque<>();

    /** A node that fails whatever is written; empty for none. */
    String failsOn = "";

    /** A write that is bound and not ended. */
    private record Open(long uid, Map<String, SimulatedNode.Task> tasks, boolean poisoned) {}

    /** What does not come to its node in time is given up. */
    SimulatedClients(SimulatedCluster cluster, GivenUpRequests givenUp) {
        this.cluster = cluster;
        this.givenUp = givenUp;
    }

    /** Nothing was written yet. */
    void begin() {
        open.clear();
        failsOn = "";
    }

    void write(int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            write();
        }
    }

    /** A client's write of some kind, in its lane: intended, sent, bound. */
    void write() throws InterruptedException {
        if (cluster.held) {
            return;
        }
        ShardSet all = ShardSet.all(SimulatedCluster.SHARDS);
        WritePlan plan = WritePlan.of(cluster.index().topology(), cluster.index(), _ -> true, all);
        Lanes.Intention.Intended intended =
                (Lanes.Intention.Intended)
                        cluster.seen(
                                cluster.store
                                        .lanes()
                                        .intend(
                                                new Intend(
                                                        cluster.lane,
                                                        cluster.epoch,
                                                        "documents_replace",
                                                        cluster.lane,
                                                        NO_BODY,
                                                        null,
                                                        0,
                                                        null,
                                                        cluster.incarnation,
                                                        List.copyOf(plan.recipients()),
                                                        all.stream().boxed().toList())));
        SimulatedWrite write = SimulatedWrite.any(cluster.random, IDS, intended.position());
        boolean poisoned = !cluster.quiet && cluster.chance(0.03);
        Map<String, SimulatedNode.Task> tasks = new TreeMap<>();
        Set<String> lacking = new TreeSet<>();
        Map<String, String> missed = new TreeMap<>();
        Map<String, List<Integer>> missedShards = new TreeMap<>();
        for (String id : plan.recipients()) {
            if (!cluster.quiet && cluster.chance(0.04) && leavesOne(plan, lacking, id)) {
                lacking.add(id);
                givenUp.add(id, write, mark(intended.position()));
                missed.put(id, "dropped");
                missedShards.put(id, all.stream().boxed().toList());
            } else {
                boolean alone =
                        !cluster.quiet && cluster.chance(0.02) && leavesOne(plan, lacking, id);
                if (alone) {
                    lacking.add(id);
                }
                boolean fails = poisoned || alone || id.equals(failsOn);
                tasks.put(id, send(id, plan, write, intended.position(), fails));
            }
        }
        Map<String, Long> accepted = new TreeMap<>();
        tasks.forEach(
                (id, task) -> {
                    if (plan.targets().containsKey(id)) {
                        accepted.put(id, task.uid());
                    }
                });
        tasks.keySet().retainAll(accepted.keySet());
        Bind bind =
                new Bind(
                        cluster.lane,
                        cluster.epoch,
                        intended.position(),
                        TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                        "{}",
                        accepted,
                        Map.of(),
                        missed,
                        missedShards,
                        null,
                        null,
                        List.of(),
                        null);
        Lanes.Binding.Bound bound =
                (Lanes.Binding.Bound) cluster.seen(cluster.store.lanes().bind(bind));
        if (!poisoned) {
            write.work().accept(cluster.truth);
        }
        open.add(new Open(bound.taskUid(), tasks, poisoned));
    }

    // What is out by one write may not be missed by all that have it.
    private boolean leavesOne(WritePlan plan, Set<String> lacking, String id) {
        if (someoneFails()) {
            return false;
        }
        for (int shard = 0; shard < SimulatedCluster.SHARDS; shard++) {
            int wanted = shard;
            boolean other =
                    SimulatedCluster.NODES.stream()
                            .filter(node -> !node.equals(id) && !lacking.contains(node))
                            .anyMatch(
                                    node ->
                                            plan.targets()
                                                    .getOrDefault(node, ShardSet.none())
                                                    .contains(wanted));
            if (!other) {
                return false;
            }
        }
        return true;
    }

    /** Whether a write failed, or will, on a node that goes out for it when the write ends. */
    boolean someoneFails() {
        return open.stream()
                .filter(one -> !one.poisoned())
                .anyMatch(one -> one.tasks().values().stream().anyMatch(SimulatedNode.Task::fails));
    }

    private SimulatedNode.Task send(
            String id, WritePlan plan, SimulatedWrite write, long position, boolean fails) {
        ShardSet sent =
                plan.targets()
                        .getOrDefault(id, ShardSet.none())
                        .or(plan.fed().getOrDefault(id, ShardSet.none()));
        return cluster.node(id)
                .enqueue(
                        write.type(),
                        mark(position),
                        write.within(
                                id2 ->
                                        sent.contains(
                                                Rendezvous.shard(id2, SimulatedCluster.SHARDS))),
                        fails);
    }

    private String mark(long position) {
        return "miroir:" + cluster.epoch + ':' + position + ':' + cluster.lane;
    }

    /** The oldest write ends, if its nodes are done with it. */
    void end() throws InterruptedException {
        Open oldest = open.peek();
        if (oldest == null
                || !oldest.tasks().values().stream().allMatch(SimulatedNode.Task::isDone)) {
            return;
        }
        open.remove();
        List<IndexEffect> out = new ArrayList<>();
        oldest.tasks()
                .forEach(
                        (id, task) -> {
                            List<Integer> inSync = new ArrayList<>();
                            for (int shard = 0; shard < SimulatedCluster.SHARDS; shard++) {
                                if (cluster.index().state(id, shard) == ReplicaState.IN_SYNC) {
                                    inSync.add(shard);
                                }
                            }
                            if (!task.succeeded() && !oldest.poisoned() && !inSync.isEmpty()) {
                                out.add(
                                        new IndexEffect.ReplicasOut(
                                                cluster.incarnation, id, inSync));
                            }
                        });
        Tasks.Step ended =
                cluster.seen(
                        cluster.store
                                .tasks()
                                .finish(
                                        Finish.of(
                                                oldest.uid(),
                                                cluster.epoch,
                                                TaskStatus.SUCCEEDED,
                                                null,
                                                null,
                                                out)));
        assertEquals(new Tasks.Step.Stepped(), ended);
    }

    void settle() throws InterruptedException {
        SimulatedCluster.NODES.forEach(id -> cluster.work(id, Integer.MAX_VALUE));
        while (!open.isEmpty()) {
            end();
        }
    }

    /** What is to be found; null while nodes have something to do. */
    @Nullable Map<String, ObjectNode> truthAtRest() {
        boolean rest =
                open.isEmpty()
                        && SimulatedCluster.NODES.stream()
                                .allMatch(id -> cluster.node(id).isAtRest());
        return rest ? cluster.truth : null;
    }
}
