package io.miroir.cluster.identity;

import io.miroir.cluster.Fleet;
import io.miroir.duty.LeaderDuty;
import io.miroir.fanout.NodeWatcher;
import io.miroir.fanout.Nodes;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.TaskStore;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas.Mark;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.topology.Topologies;
import io.miroir.store.topology.TopologyRow;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks nodes, and begins a new life with those that are not what they were: all that they hold is
 * out first, then they are marked, then all pods know them by the new mark and use them again.
 */
public final class NodeLives implements LeaderDuty, NodeWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLives.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** A mark that is not seen after that time is written again. */
    private static final Duration WRITTEN_MAX = Duration.ofSeconds(20);

    private static final int ROWS_AT_A_TIME = 500;

    private final Nodes nodes;
    private final TaskStore store;
    private final NodeMarks marks;
    private final Supplier<String> uuids;
    private final Map<String, Written> written = new HashMap<>();
    private final Set<String> refused = new TreeSet<>();
    private final Counter renewals;
    private final Gauge foreign;

    private record Written(String life, long atNanos) {}

    /** Marks the nodes that there are. */
    public NodeLives(
            Nodes nodes,
            TaskStore store,
            NodeMarks marks,
            Supplier<String> uuids,
            CollectorRegistry registry) {
        this.nodes = nodes;
        this.store = store;
        this.marks = marks;
        this.uuids = uuids;
        this.renewals =
                Counter.build(
                                "miroir_node_renewals_total",
                                "Nodes that were found without their disk, or with an old one.")
                        .labelNames("node_id")
                        .register(registry);
        this.foreign =
                Gauge.build(
                                "miroir_nodes_foreign",
                                "Nodes of the cluster that are marked as somebody else's.")
                        .register(registry);
        nodes.watch(this);
    }

    @Override
    public String name() {
        return "node-lives";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public synchronized void step(Rooms fenced) {
        Set<String> ids = nodes.ids();
        written.keySet().retainAll(ids);
        refused.retainAll(ids);
        fenced.topology().get(ReadLevel.LOCAL).ifPresent(known -> endOthers(fenced, known));
        for (String node : ids) {
            Optional<TopologyRow> topology = fenced.topology().get(ReadLevel.LOCAL);
            topology.ifPresent(known -> look(fenced, node, known));
        }
        foreign.set(refused.size());
    }

    // The next step begins and ends the rest.
    @Override
    public void came(String nodeId) {}

    @Override
    public void went(String nodeId) {
        renewals.remove(nodeId);
    }

    /** Lives of nodes that the topology has no more. */
    private static void endOthers(Rooms fenced, TopologyRow topology) {
        KnownLives lives = KnownLives.parse(topology.json());
        KnownLives living = lives.only(Fleet.nodesOf(topology.json()));
        if (!living.equals(lives)) {
            replace(fenced, topology, living);
        }
    }

    private void look(Rooms fenced, String node, TopologyRow topology) {
        KnownLives lives = KnownLives.parse(topology.json());
        if (lives.cluster().isEmpty()) {
            replace(fenced, topology, lives.named(uuids.get()));
            return;
        }
        KnownLives.Life life = lives.of(node);
        Reading found = marks.read(node);
        boolean tasksLost =
                life != null
                        && found instanceof Reading.Marked
                        && IdentityCheck.tasksLost(store, marks, node, life.sinceTask());
        LifePlan.Known known =
                new LifePlan.Known(
                        lives.cluster(),
                        node,
                        life == null ? null : life.life(),
                        lately(node),
                        tasksLost);
        LifePlan.Step step = LifePlan.decide(known, found);
        if (!(step instanceof LifePlan.Step.Refuse) && !(found instanceof Reading.Unknown)) {
            refused.remove(node);
        }
        switch (step) {
            case LifePlan.Step.Nothing _ -> {}
            case LifePlan.Step.Mark _ -> write(node, lives);
            case LifePlan.Step.Recognise one -> recognise(fenced, node, one.life(), topology);
            case LifePlan.Step.Renew renew -> {
                LOG.error(
                        "node {} is not what it was: {}; all its replicas are out, and copied anew",
                        node,
                        renew.why());
                if (putOut(fenced, node)) {
                    renewals.labels(node).inc();
                    write(node, lives);
                }
            }
            case LifePlan.Step.Refuse refuse -> {
                if (refused.add(node)) {
                    LOG.error(
                            "node {} is not used: {}; if that is right no more, delete the index"
                                    + " {} on it",
                            node,
                            refuse.why(),
                            NodeMark.INDEX);
                }
            }
        }
    }

    private @Nullable String lately(String node) {
        Written last = written.get(node);
        boolean late = last != null && System.nanoTime() - last.atNanos() > WRITTEN_MAX.toNanos();
        if (late) {
            written.remove(node);
        }
        return last == null || late ? null : last.life();
    }

    private void write(String node, KnownLives lives) {
        String life = uuids.get();
        marks.write(new NodeMark(lives.cluster(), node, life));
        written.put(node, new Written(life, System.nanoTime()));
    }

    /** From here on all pods know the node by this life. */
    private void recognise(Rooms fenced, String node, String life, TopologyRow topology) {
        long newest =
                store.tasks().list(ReadLevel.LOCAL, TaskQuery.newest(1)).tasks().stream()
                        .mapToLong(task -> task.uid())
                        .max()
                        .orElse(-1);
        KnownLives lives = KnownLives.parse(topology.json());
        replace(fenced, topology, lives.with(node, new KnownLives.Life(life, newest)));
        written.remove(node);
        LOG.info("node {} is known by its mark {}", node, life);
    }

    // If somebody else replaced it the next step looks again.
    private static void replace(Rooms fenced, TopologyRow topology, KnownLives lives) {
        Topologies.Replacement _ =
                fenced.topology().replace(lives.in(topology.json()), topology.version()).orThrow();
    }

    /** False if something else happened to the replicas meanwhile: to be done again. */
    private static boolean putOut(Rooms fenced, String node) {
        List<ReplicaRow> out = new ArrayList<>();
        for (ReplicaRow row : fenced.replicas().list(ReadLevel.LOCAL)) {
            ShardStates states = row.nodeId().equals(node) ? out(row.states()) : row.states();
            if (!states.equals(row.states())) {
                out.add(new ReplicaRow(row.incarnation(), node, states, row.version()));
            }
        }
        for (int from = 0; from < out.size(); from += ROWS_AT_A_TIME) {
            List<ReplicaRow> some = out.subList(from, Math.min(out.size(), from + ROWS_AT_A_TIME));
            if (!(fenced.replicas().markAll(some).orThrow() instanceof Mark.Marked)) {
                return false;
            }
        }
        return true;
    }

    // What nobody vouched for is digested, whatever disk it is on.
    private static ShardStates out(ShardStates states) {
        ShardStates out = states;
        for (int shard = 0; shard < states.shards(); shard++) {
            out =
                    switch (states.get(shard)) {
                        case IN_SYNC, LAGGING -> out.with(shard, ShardState.OUT);
                        case NOT_HELD, OUT, UNVERIFIED, MOVING -> out;
                    };
        }
        return out;
    }
}
