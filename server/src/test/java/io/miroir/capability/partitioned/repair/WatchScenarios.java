package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.capability.partitioned.move.ReplicaMoves;
import io.miroir.cluster.RebalanceMetrics;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.ClaimedJob;
import io.miroir.duty.LostClaims;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyEnd;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.index.IndexRow;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What is watched behind the end of a copy, while something else happens to the index. */
final class WatchScenarios {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final RepairSimulation simulation;
    private final SimulatedCluster cluster;
    private final SimulatedNetwork network;

    WatchScenarios(RepairSimulation simulation) {
        this.simulation = simulation;
        this.cluster = simulation.cluster;
        this.network = simulation.network;
    }

    /** A node takes a request late behind a copy, when another index has its index's name. */
    void comeBehindSwap(String node) throws Exception {
        copied(node);
        LateWatch watch = simulation.watch();
        watch.step(_ -> true);
        String before = cluster.lane;
        cluster.swap("swapped");
        simulation.late().emptyLate(node, 0);
        simulation.clients.settle();
        watch.step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state(node, 0));
        assertEquals(ReplicaState.IN_SYNC, cluster.view.index(before).orElseThrow().state(node, 0));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /** A pod is lost when it begins the next copy; the node takes a request of an earlier one. */
    void loseWhoBegins(String node) throws Exception {
        copied(node);
        cluster.putOut(node, ShardSet.of(1));
        CopyContext lost = simulation.context("p", LostClaims.in(cluster.store));
        Copy next = simulation.copyTo(node);
        IndexRow index = cluster.index().row();
        assertThrows(
                StoreUnavailableException.class,
                () -> RepairJob.claim(lost, index, next, simulation.room));
        simulation.late().emptyLate(node, 0);
        simulation.clients.settle();
        simulation.watch().step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state(node, 0));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A copy to a node that was copied to before has kept where it ends when its replicas change;
     * it is begun again, and fails.
     */
    void endInVain(String node) throws Exception {
        copied(node);
        CopyEnd before = end(node);
        simulation.writeSome();
        cluster.putOut(node);
        List<CopyEnd> kept = new ArrayList<>();
        simulation.onMark.put(
                RepairSimulation.ALL_IN_SYNC,
                () -> {
                    kept.add(end(node));
                    cluster.putOut(node);
                    network.onRest =
                            () -> {
                                throw new CopyFailedException("given up");
                            };
                });
        assertFalse(simulation.copy(simulation.copyTo(node)));
        assertEquals("given up", simulation.lastFailure);
        assertTrue(kept.getFirst().position() > before.position());
        assertEquals(kept, List.of(end(node)));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    private CopyEnd end(String node) {
        String id = CopyJobs.id(cluster.index().row(), node);
        return cluster.store.jobs().get(ReadLevel.LOCAL, id).flatMap(CopyEnd::of).orElseThrow();
    }

    /**
     * Copies to a node that was copied to before fail again and again, while it is sent what is
     * written; then for so long that nobody looks behind that copy any more.
     */
    void failAgain(String node) throws Exception {
        copied(node);
        cluster.putOut(node);
        long before = 0;
        for (int attempt = 0; attempt < 3; attempt++) {
            simulation.writeSome();
            // So that there is something to be sent.
            cluster.node(node).documents.clear();
            long taken = cluster.node(node).latest();
            network.readFrom(node).clear();
            network.keepsBack = true;
            assertFalse(simulation.copy(simulation.copyTo(node)));
            // What it sent is no loss of what is copied anyway.
            cluster.node(node).answer(Objects.requireNonNull(network.keptBack), false);
            List<Long> read = List.copyOf(network.readFrom(node));
            long seen = before;
            assertTrue(read.stream().allMatch(from -> from > seen), () -> seen + ": " + read);
            before = taken;
            simulation.goesBy(RepairSimulation.RESTING_TIME);
        }
        simulation.goesBy(Duration.ofMinutes(70));
        RepairJob job =
                RepairJob.claim(
                                simulation.context(),
                                cluster.index().row(),
                                simulation.copyTo(node),
                                simulation.room)
                        .orElseThrow();
        assertEquals(Optional.empty(), job.end());
        job.job().fail("given up");
        String id = CopyJobs.id(cluster.index().row(), node);
        assertTrue(cluster.store.jobs().get(ReadLevel.LOCAL, id).flatMap(CopyEnd::of).isEmpty());
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A node that has what another one is to let go of took a request late, and that is tried again
     * before anybody has put it out.
     */
    void moveAgain() throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.moves.changeTo(SimulatedMoves.MORE);
        simulation.move();
        Copy toIt = simulation.copyTo("d");
        assertTrue(simulation.copy(toIt));
        int shard = toIt.shards().stream().findFirst().orElseThrow();
        simulation.late().emptyLate("d", shard);
        simulation.clients.settle();
        long came = cluster.node("d").latest();
        List<Long> read = network.readFrom("d");
        read.clear();
        ReplicaMoves moves =
                new ReplicaMoves(
                        simulation.context(),
                        () -> {},
                        new RebalanceMetrics(cluster.view, new CollectorRegistry()));
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (read.size() < 2) {
            assertTrue(System.nanoTime() < giveUpNanos, "not tried again");
            moves.step(_ -> true);
            Thread.onSpinWait();
        }
        moves.stop();
        assertTrue(read.getFirst() <= came && read.get(1) > came, () -> came + ": " + read);
        simulation.watch().step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state("d", shard));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /** A node took a request late, and a copy from it is tried again before it is put out. */
    void copyFromAgain(String node) throws Exception {
        copied(node);
        simulation.late().emptyLate(node, 0);
        simulation.clients.settle();
        cluster.putOut("a");
        Copy fromIt = simulation.copyTo("a");
        assertEquals(node, fromIt.source());
        String id = CopyJobs.id(cluster.index().row(), "a");
        long came = cluster.node(node).latest();
        List<Long> read = network.readFrom(node);
        read.clear();
        ReplicaRepair repair =
                new ReplicaRepair(
                        simulation.context(),
                        new RepairRules(1_000_000, 1, CopyBounds.DEFAULT),
                        new RepairMetrics(new CollectorRegistry()));
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (read.size() < 2) {
            assertTrue(System.nanoTime() < giveUpNanos, "not tried again");
            repair.step(_ -> true);
            while (ClaimedJob.isUnderWay(cluster.store, id)) {
                Thread.onSpinWait();
            }
            // It rests after a failure.
            simulation.goesBy(Duration.ofSeconds(1));
        }
        repair.stop();
        assertTrue(read.getFirst() <= came && read.get(1) > came, () -> came + ": " + read);
        simulation.watch().step(_ -> true);
        cluster.view.catchUp();
        assertEquals(ReplicaState.OUT, cluster.index().state(node, 0));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    private void copied(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        cluster.putOut(node);
        assertTrue(simulation.copy(simulation.copyTo(node)));
    }
}
