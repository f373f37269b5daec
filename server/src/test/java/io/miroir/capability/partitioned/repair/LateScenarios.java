package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.capability.partitioned.repair.SimulatedNetwork.Meanwhile;
import io.miroir.cluster.health.HealthState;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.copy.CopyMarks;
import io.miroir.fanout.copy.LateHorizon;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Requests that come to nodes when nobody waits for them any more, each at one place. */
final class LateScenarios {
    private final RepairSimulation simulation;
    private final SimulatedCluster cluster;
    private final SimulatedNetwork network;
    private final SimulatedClients clients;
    private final ReplicaChecks checks;

    LateScenarios(RepairSimulation simulation) {
        this.simulation = simulation;
        this.cluster = simulation.cluster;
        this.network = simulation.network;
        this.clients = simulation.clients;
        this.checks = simulation.checks;
    }

    /**
     * A node's replicas are compared when it takes a request that nobody waits for any more: it
     * deletes all.
     *
     * @param mark what the request carries
     */
    void comeLate(String node, String mark) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node);
        network.onRest =
                () -> cluster.node(node).enqueue("documentDeletion", mark, Map::clear, false);
        assertTrue(simulation.copy(simulation.copyTo(node)));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A copy gives its first request up, and another one is made; the node takes that request
     * behind its end, and behind what was written since.
     */
    void comeBehindCopy(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.node(node).documents.clear();
        cluster.putOut(node);
        network.keepsBack = true;
        assertFalse(simulation.copy(simulation.copyTo(node)));
        simulation.goesBy(RepairSimulation.RESTING_TIME);
        assertTrue(simulation.copy(simulation.copyTo(node)));
        simulation.writeSome();
        cluster.node(node).answer(Objects.requireNonNull(network.keptBack), false);
        clients.settle();
        assertTrue(checks.differs(node));
        simulation.watch().step(_ -> true);
        cluster.view.catchUp();
        assertTrue(
                ShardSet.all(SimulatedCluster.SHARDS).stream()
                        .allMatch(shard -> cluster.index().state(node, shard) == ReplicaState.OUT));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A copy ends, and behind it the node takes a request that nobody waits for any more.
     *
     * @param mark what it carries
     * @param out the shards that are out for it
     */
    void comeBehindCopy(String node, String mark, ShardSet out) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node);
        assertTrue(simulation.copy(simulation.copyTo(node)));
        LateWatch watch = simulation.watch();
        watch.step(_ -> true);
        // A node that took nothing since is asked for no index.
        long before = network.asked();
        watch.step(_ -> true);
        assertEquals(1, network.asked() - before);
        // What is written now comes in its order.
        simulation.writeSome();
        Set<String> inSync = cluster.inSync();
        watch.step(_ -> true);
        assertEquals(inSync, cluster.inSync());
        cluster.node(node).enqueue("documentDeletion", mark, _ -> {}, false);
        clients.settle();
        watch.step(_ -> true);
        cluster.view.catchUp();
        inSync.removeIf(replica -> out.stream().anyMatch(one -> replica.equals(node + '/' + one)));
        assertEquals(inSync, cluster.inSync());
        int _ = simulation.comeToRest(0);
        // It is found once, also by a pod that did not see it then.
        inSync = cluster.inSync();
        watch.step(_ -> true);
        simulation.watch().step(_ -> true);
        cluster.view.catchUp();
        assertEquals(inSync, cluster.inSync());
        cluster.drop();
    }

    /** A node takes a request late behind a copy, when its index has another name by then. */
    void comeBehindRename(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node);
        assertTrue(simulation.copy(simulation.copyTo(node)));
        LateWatch watch = simulation.watch();
        watch.step(_ -> true);
        cluster.rename("renamed");
        emptyLate(node, 0);
        clients.settle();
        watch.step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state(node, 0));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /** What comes behind a copy is looked at for an hour, whatever becomes of the next copy. */
    void watchForAnHour(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node);
        assertTrue(simulation.copy(simulation.copyTo(node)));
        simulation.goesBy(Duration.ofMinutes(50));
        cluster.node(node).documents.clear();
        cluster.putOut(node);
        network.keepsBack = true;
        assertFalse(simulation.copy(simulation.copyTo(node)));
        assertTrue(isWatched(node));
        simulation.goesBy(Duration.ofMinutes(20));
        assertFalse(isWatched(node));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    private boolean isWatched(String node) {
        return LateHorizon.of(cluster.store, cluster.index().row(), node).isPresent();
    }

    /**
     * One shard is copied, and behind the end of that the node takes a request of an earlier copy
     * that empties it; then another shard is copied, before anybody has looked.
     */
    void comeBetweenCopies(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node, ShardSet.of(0));
        assertTrue(simulation.copy(simulation.copyTo(node)));
        emptyLate(node, 0);
        clients.settle();
        cluster.putOut(node, ShardSet.of(1));
        simulation.goesBy(RepairSimulation.RESTING_TIME);
        assertTrue(simulation.copy(simulation.copyTo(node)));
        assertEquals(ReplicaState.OUT, cluster.index().state(node, 0));
        assertEquals(ReplicaState.IN_SYNC, cluster.index().state(node, 1));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A node that was copied to takes a request of an earlier copy that empties a shard, and nobody
     * looks before it is the source of another copy.
     *
     * @param atTheEnd when that copy is about to end; else before it begins
     */
    void comeToSource(boolean atTheEnd) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut("c");
        assertTrue(simulation.copy(simulation.copyTo("c")));
        Meanwhile comes =
                () -> {
                    emptyLate("c", 0);
                    cluster.work("c", Integer.MAX_VALUE);
                };
        cluster.putOut("a");
        Copy fromIt = simulation.copyTo("a");
        assertEquals("c", fromIt.source());
        if (atTheEnd) {
            network.onRest = comes;
        } else {
            comes.happens();
        }
        simulation.goesBy(RepairSimulation.RESTING_TIME);
        assertFalse(simulation.copy(fromIt));
        assertEquals("node c took requests late: it is compared first", simulation.lastFailure);
        assertTrue(cluster.inSync().stream().noneMatch(replica -> replica.startsWith("a/")));
        simulation.watch().step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state("c", 0));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A node takes a request of an earlier copy that empties a shard while another shard is copied
     * to it, and that takes long.
     */
    void comeWhileCopied(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node);
        assertTrue(simulation.copy(simulation.copyTo(node)));
        cluster.node(node)
                .documents
                .keySet()
                .removeIf(id -> Rendezvous.shard(id, SimulatedCluster.SHARDS) == 1);
        cluster.putOut(node, ShardSet.of(1));
        simulation.goesBy(RepairSimulation.RESTING_TIME);
        boolean[] out = {false};
        network.onPut =
                () -> {
                    emptyLate(node, 0);
                    cluster.work(node, Integer.MAX_VALUE);
                    simulation.watch().step(_ -> true);
                    cluster.view.catchUp();
                    out[0] = cluster.index().state(node, 0) == ReplicaState.OUT;
                    assertEquals(ReplicaState.IN_SYNC, cluster.index().state(node, 2));
                };
        assertTrue(simulation.copy(simulation.copyTo(node)), () -> simulation.lastFailure);
        assertTrue(out[0]);
        assertEquals(ReplicaState.IN_SYNC, cluster.index().state(node, 1));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A node takes a request of an earlier copy behind the end of a copy, and those that have the
     * same do not answer just then.
     */
    void comeWhileOthersAreDown(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node);
        assertTrue(simulation.copy(simulation.copyTo(node)));
        LateWatch watch = simulation.watch();
        watch.step(_ -> true);
        List<String> others =
                SimulatedCluster.NODES.stream().filter(id -> !id.equals(node)).toList();
        for (String other : others) {
            while (cluster.health.status(other) != HealthState.Status.DOWN) {
                cluster.health.replied(other, SimulatedCluster.PROBE, SimulatedCluster.SILENCE, 1);
            }
        }
        emptyLate(node, 0);
        cluster.work(node, Integer.MAX_VALUE);
        watch.step(_ -> true);
        cluster.view.catchUp();
        // It is all that there is to be read.
        assertEquals(ReplicaState.IN_SYNC, cluster.index().state(node, 0));
        for (String other : others) {
            while (!cluster.health.usable(other)) {
                cluster.health.replied(
                        other, SimulatedCluster.PROBE, new NodeReply.Answer(200, Json.object()), 1);
            }
        }
        watch.step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state(node, 0));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A pod is paused when it is about to send a deletion of what another node has instead. The
     * change is taken back, another pod runs the lane, and the node has all again when it comes.
     */
    void deleteLate() throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.moves.changeTo(SimulatedMoves.MORE);
        // Its claim of the deletion does not run out meanwhile.
        network.askingTime = Duration.ZERO;
        boolean[] paused = {false};
        network.onDelete =
                () -> {
                    paused[0] = true;
                    cluster.claim();
                    cluster.moves.takeBack();
                    simulation.bringBackAndMove();
                };
        for (int turn = 0; turn < RepairSimulation.TURNS_MAX && !paused[0]; turn++) {
            simulation.bringBackAndMove();
        }
        assertTrue(paused[0]);
        simulation.bringBackAndMove();
        assertTrue(checks.differs("c"));
        Set<String> read = cluster.inSync();
        assertTrue(read.containsAll(Set.of("c/0", "c/1", "c/2")), read::toString);
        // It may have been all that there was: who had it instead has it still.
        assertTrue(read.stream().anyMatch(replica -> replica.startsWith("d/")), read::toString);
        simulation.watch().step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state("c", checks.lostShard("c")));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /** An earlier copy's request comes that takes all from a shard. */
    void emptyLate(String id, int shard) {
        SimulatedNode.Work empty =
                held ->
                        held.keySet()
                                .removeIf(
                                        one ->
                                                Rendezvous.shard(one, SimulatedCluster.SHARDS)
                                                        == shard);
        String late = CopyMarks.copy(1, ShardSet.of(shard));
        cluster.node(id).enqueue("documentDeletion", late, empty, false);
    }

    /** What a write of this index carries that was one of the first. */
    static String earlyMark() {
        return "miroir:1:2:i1";
    }
}
