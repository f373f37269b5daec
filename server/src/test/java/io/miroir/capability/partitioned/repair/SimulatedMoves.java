package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.capability.leader.rebalance.ChangeEnd;
import io.miroir.capability.partitioned.move.IndexMove;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.FleetChange;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.NodeAddresses;
import io.miroir.cluster.RebalanceMetrics;
import io.miroir.core.layout.Layout;
import io.miroir.core.layout.LayoutChange;
import io.miroir.core.plan.SearchPlan;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.LateLooks;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.topology.TopologyRow;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Nodes and groups come and go, copies become more and fewer, and searches go on: each finds what
 * is there, once. Also one that was planned before replicas were let go of, and asks its nodes
 * late. A node that went may come again to hold less than its disk still has.
 */
final class SimulatedMoves {
    static final Layout FEWER = layout("a", "b", "c");
    static final Layout MORE = layout("a", "b", "c d");
    static final Layout OTHER = layout("a", "b", "d");
    static final Layout GROUP_LESS = layout("a", "c");

    private static final List<String> NODES = List.of("a", "b", "c", "d");
    private static final int TRIES_MAX = 20;

    /** Replicas of a shard, so that one may be lost. */
    private static final int COPIES_MIN = 2;

    private final TaskStore store;
    private final ClusterView view;
    private final RebalanceMetrics metrics;
    private final ChangeEnd end;
    private final Map<String, LateLooks> late = new HashMap<>();
    private @Nullable SearchPlan older;

    SimulatedMoves(TaskStore store, ClusterView view, CollectorRegistry registry) {
        this.store = store;
        this.view = view;
        this.metrics = new RebalanceMetrics(view, registry);
        this.end = new ChangeEnd(store, view, () -> {}, metrics);
    }

    private static Layout layout(String... groups) {
        return new Layout(
                1, Stream.of(groups).map(nodes -> List.of(nodes.split(" ", -1))).toList());
    }

    /** There is no index: the nodes are as at first. */
    void begin() throws InterruptedException {
        older = null;
        late.clear();
        TopologyRow row = store.topology().get(ReadLevel.LOCAL).orElseThrow();
        replace(new FleetChange("", FEWER, 1).endedIn(row.json()), row);
    }

    /** An operator begins a change, or takes the one back that is under way. */
    void change(Random random) throws InterruptedException {
        TopologyRow row = store.topology().get(ReadLevel.LOCAL).orElseThrow();
        if (FleetChange.of(row.json()).isPresent()) {
            if (random.nextInt(4) == 0) {
                takeBack();
            }
            return;
        }
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            if (view.fleet().layout().after(any(random))
                            instanceof Layout.Outcome.Changed(Layout to)
                    && to.groups().size() * to.replicationFactor() >= COPIES_MIN) {
                changeTo(to);
                return;
            }
        }
    }

    private LayoutChange any(Random random) {
        List<String> nodes = new ArrayList<>(NODES);
        Collections.shuffle(nodes, random);
        int group = random.nextInt(view.fleet().groups().size());
        return switch (random.nextInt(6)) {
            case 0 -> new LayoutChange.AddNode(nodes.getFirst(), group);
            case 1 -> new LayoutChange.DrainNodes(nodes.subList(0, 1 + random.nextInt(2)));
            case 2 -> new LayoutChange.ReplaceNode(nodes.getFirst(), nodes.getLast());
            case 3 -> new LayoutChange.AddGroup(nodes.subList(0, 1 + random.nextInt(2)));
            case 4 -> new LayoutChange.RemoveGroup(group);
            default -> new LayoutChange.SetCopies(1 + random.nextInt(2));
        };
    }

    void changeTo(Layout then) throws InterruptedException {
        TopologyRow row = store.topology().get(ReadLevel.LOCAL).orElseThrow();
        FleetChange change = new FleetChange("change", then, 1);
        replace(change.begunIn(row.json(), NodeAddresses.NONE), row);
    }

    void takeBack() throws InterruptedException {
        TopologyRow row = store.topology().get(ReadLevel.LOCAL).orElseThrow();
        replace(FleetChange.of(row.json()).orElseThrow().takenBackIn(row.json(), 1), row);
    }

    private void replace(String next, TopologyRow row) throws InterruptedException {
        store.topology().replace(next, row.version()).orThrow();
        view.catchUp();
    }

    boolean changes() {
        return view.fleet().change().isPresent();
    }

    /** The lane's owner does what it can, and the leader. */
    void step(CopyContext context, IndexView index) throws InterruptedException {
        if (!view.fleet().next(index).isNothing()) {
            LateLooks known = late.computeIfAbsent(index.row().uid(), _ -> new LateLooks());
            boolean _ =
                    new IndexMove(context, index.row(), known, () -> older = null, metrics).run();
        }
        boolean wasMoved =
                view.fleet().progress(view.index(index.row().uid()).orElseThrow()).isMoved();
        end.step(store.rooms());
        view.catchUp();
        assertTrue(changes() || wasMoved, "ended before all was there");
    }

    /** Nobody reads any more what is deleted. */
    void deletes(String node, Set<String> shards, IndexView index) {
        for (int shard = 0; shard < index.topology().shards(); shard++) {
            if (shards.contains(Separators.shard(shard))) {
                ReplicaState state = index.state(node, shard);
                assertTrue(state == ReplicaState.MOVING || state == ReplicaState.NOT_HELD);
            }
        }
        SearchPlan late = older;
        if (late != null) {
            late.nodes().stream()
                    .filter(part -> part.nodeId().equals(node))
                    .flatMap(part -> part.shards().stream().boxed())
                    .forEach(shard -> assertTrue(!shards.contains(Separators.shard(shard))));
        }
    }

    /** A search begins that asks a node for all that it has; it asks late. */
    void planUnfiltered(Random random, IndexView index, String node) {
        ShardSet all = ShardSet.all(index.topology().shards());
        SearchPlan plan;
        do {
            plan = SearchPlan.of(index.topology(), index, _ -> true, all, random.nextLong());
        } while (plan.nodes().stream()
                .noneMatch(part -> part.nodeId().equals(node) && !part.filterNeeded()));
        older = plan;
    }

    /**
     * Searches.
     *
     * @param truth what is to be found; null while writes are under way
     */
    void search(
            Random random,
            IndexView index,
            Map<String, SimulatedNode> nodes,
            @Nullable Map<String, ObjectNode> truth) {
        Topology topology = index.topology();
        ShardSet all = ShardSet.all(topology.shards());
        SearchPlan plan = SearchPlan.of(topology, index, _ -> true, all, random.nextLong());
        assertTrue(plan.uncovered().isEmpty(), plan::toString);
        Set<String> found = find(plan, nodes);
        if (truth != null) {
            assertEquals(truth.keySet(), found, plan::toString);
        }
        SearchPlan late = older;
        if (late != null && late.nodes().stream().allMatch(part -> stillThere(part, index))) {
            Set<String> _ = find(late, nodes);
        } else {
            older = plan;
        }
    }

    private static boolean stillThere(NodeShards part, IndexView index) {
        return part.shards().stream()
                .mapToObj(shard -> index.state(part.nodeId(), shard))
                .allMatch(state -> state == ReplicaState.IN_SYNC || state == ReplicaState.MOVING);
    }

    /** The ids that the nodes answer with, none of them twice. */
    private static Set<String> find(SearchPlan plan, Map<String, SimulatedNode> nodes) {
        List<String> found = new ArrayList<>();
        for (NodeShards part : plan.nodes()) {
            Set<String> wanted = new TreeSet<>();
            part.shards().stream().mapToObj(Separators::shard).forEach(wanted::add);
            Map<String, ObjectNode> documents =
                    new TreeMap<>(Objects.requireNonNull(nodes.get(part.nodeId())).documents);
            if (part.filterNeeded()) {
                documents.values().removeIf(one -> !wanted.contains(SimulatedNode.shard(one)));
            }
            found.addAll(documents.keySet());
        }
        Set<String> ids = new TreeSet<>(found);
        assertEquals(ids.size(), found.size(), () -> "found twice: " + plan + ' ' + found);
        return ids;
    }
}
