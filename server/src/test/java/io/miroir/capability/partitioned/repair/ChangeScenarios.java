package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.capability.partitioned.antientropy.AntiEntropy;
import io.miroir.capability.partitioned.antientropy.AntiEntropyMetrics;
import io.miroir.capability.partitioned.antientropy.AntiEntropyRules;
import io.miroir.core.layout.Layout;
import io.miroir.core.repair.CopyPlan;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.NodeReply;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.List;

/** Nodes change, pods are paused and health checks fail, each at one place of a copy or a move. */
final class ChangeScenarios {
    private static final Duration BACKLOG_TIME = Duration.ofSeconds(5);
    private static final int IDS = 40;

    private final RepairSimulation simulation;
    private final SimulatedCluster cluster;
    private final SimulatedNetwork network;
    private final SimulatedClients clients;

    ChangeScenarios(RepairSimulation simulation) {
        this.simulation = simulation;
        this.cluster = simulation.cluster;
        this.network = simulation.network;
        this.clients = simulation.clients;
    }

    /** Nothing happens but that nodes change, one layout after the other. */
    void change(List<Layout> layouts) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        for (Layout layout : layouts) {
            cluster.moves.changeTo(layout);
            int _ = simulation.comeToRest(0);
        }
        cluster.drop();
    }

    /**
     * Nodes change while clients write more than nodes do, all the time.
     *
     * @return for how long they were held at most
     */
    Duration changeUnderLoad(Layout layout) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        simulation.load();
        simulation.goesBy(BACKLOG_TIME);
        cluster.moves.changeTo(layout);
        int _ = simulation.comeToRest(0);
        cluster.drop();
        return simulation.heldMax();
    }

    /**
     * A change is taken back when the first documents are sent to a node that is to get them.
     *
     * @return why the copy ended
     */
    String takeBack(Layout before, Layout then) throws Exception {
        simulation.begin(1);
        cluster.moves.changeTo(before);
        int _ = simulation.comeToRest(0);
        simulation.writeSome();
        cluster.moves.changeTo(then);
        simulation.move();
        network.onPut =
                () -> {
                    cluster.moves.takeBack();
                    clients.settle();
                    simulation.moveOnce();
                };
        List<Copy> planned = CopyPlan.of(cluster.index().topology(), cluster.index(), _ -> true);
        assertFalse(simulation.copy(planned.getFirst()));
        String why = simulation.lastFailure;
        int _ = simulation.comeToRest(0);
        cluster.drop();
        return why;
    }

    /**
     * A node gets replicas while a search is under way that was planned before, and asks the node
     * for all that it has.
     */
    void searchLate(Layout before, Layout then, String node) throws Exception {
        simulation.begin(1);
        cluster.moves.changeTo(before);
        int _ = simulation.comeToRest(0);
        simulation.writeSome();
        cluster.moves.changeTo(then);
        cluster.moves.planUnfiltered(cluster.random, cluster.index(), node);
        simulation.move();
        List<Copy> planned = CopyPlan.of(cluster.index().topology(), cluster.index(), _ -> true);
        assertEquals(node, planned.getFirst().target());
        assertTrue(simulation.copy(planned.getFirst()));
        cluster.moves.search(cluster.random, cluster.index(), cluster.simulated, cluster.truth);
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A node's replicas are compared and about to be marked in sync when another pod takes the lane
     * over: what it writes first is done by all nodes but that one.
     *
     * @return why the copy ended
     */
    String takeOver(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node);
        simulation.onMark.put(
                RepairSimulation.ALL_IN_SYNC,
                () -> {
                    clients.failsOn = node;
                    simulation.otherPod();
                    clients.failsOn = "";
                });
        assertFalse(simulation.copy(simulation.copyTo(node)));
        String why = simulation.lastFailure;
        int _ = simulation.comeToRest(0);
        cluster.drop();
        return why;
    }

    /**
     * Nodes change, and another pod claims the lane when a move is about to mark replicas.
     *
     * @param marked what it marks a node's replicas as
     * @return why the move ended
     */
    String takeOverMove(ShardState marked) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        simulation.lastFailure = "";
        cluster.moves.changeTo(SimulatedMoves.OTHER);
        simulation.onMark.put(ShardStates.all(SimulatedCluster.SHARDS, marked), cluster::claim);
        for (int turn = 0;
                turn < RepairSimulation.TURNS_MAX && !simulation.onMark.isEmpty();
                turn++) {
            simulation.goesBy(RepairSimulation.TURN_TIME);
            simulation.move();
            List<Copy> planned =
                    CopyPlan.of(cluster.index().topology(), cluster.index(), _ -> true);
            if (!simulation.onMark.isEmpty() && !planned.isEmpty()) {
                assertTrue(simulation.copy(planned.getFirst()));
            }
        }
        String why = simulation.lastFailure;
        int _ = simulation.comeToRest(0);
        cluster.drop();
        return why;
    }

    /** Replicas are compared, and another pod claims the lane when one is about to be put out. */
    void outvoteLate(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        String lost = cluster.node(node).documents.keySet().iterator().next();
        cluster.node(node).documents.remove(lost);
        int shard = Rendezvous.shard(lost, SimulatedCluster.SHARDS);
        simulation.onMark.put(
                RepairSimulation.ALL_IN_SYNC.with(shard, ShardState.OUT), cluster::claim);
        AntiEntropy comparing =
                new AntiEntropy(
                        simulation.context(),
                        new AntiEntropyRules(Duration.ZERO, 0, 1, IDS, true),
                        new AntiEntropyMetrics(new CollectorRegistry(), System::nanoTime));
        comparing.step(_ -> true);
        assertTrue(simulation.onMark.isEmpty());
        assertEquals(ReplicaState.IN_SYNC, cluster.index().state(node, shard));
        comparing.step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state(node, shard));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * Health checks of a node fail while it is copied to, and then no more.
     *
     * @return whether the copy was made
     */
    boolean missChecks(String node, int times) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.node(node).documents.clear();
        cluster.putOut(node);
        network.onPut =
                () -> {
                    for (int i = 0; i < times; i++) {
                        cluster.health.replied(
                                node, SimulatedCluster.PROBE, SimulatedCluster.SILENCE, 1);
                    }
                };
        boolean made = simulation.copy(simulation.copyTo(node));
        // One that fell before must prove itself longer.
        while (!cluster.health.usable(node)) {
            cluster.health.replied(
                    node, SimulatedCluster.PROBE, new NodeReply.Answer(200, Json.object()), 1);
        }
        int _ = simulation.comeToRest(0);
        cluster.drop();
        return made;
    }
}
