package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.repair.CopyPlan.Copy;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.ClaimedJob;
import io.miroir.fanout.copy.LateHorizon;
import io.miroir.fanout.lane.BoundWrites;
import io.miroir.fanout.lane.Takeover;
import io.miroir.store.ReadLevel;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;
import io.miroir.store.job.NewJob;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a lost owner of a lane had sent comes to nodes that nobody has copied to, when the next one
 * has settled what was left (protocol, rule 4; ADR 0024).
 */
class TakeoverWatchTest {
    private static final ShardSet LEFT = ShardSet.of(0, 1);

    @TempDir Path directory;

    private RepairSimulation simulation;
    private SimulatedCluster cluster;

    @BeforeEach
    void open() throws Exception {
        simulation = new RepairSimulation(directory, new CollectorRegistry());
        cluster = simulation.cluster;
        simulation.begin(1);
        simulation.writeSome();
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    /** The lane is taken over, and something was left that may change these shards. */
    private void takeOver(ShardSet left) {
        Map<String, Long> tasks = new TreeMap<>();
        for (String node : SimulatedCluster.NODES) {
            tasks.put(node, cluster.node(node).latest());
        }
        long given =
                cluster.store
                                .lanes()
                                .get(ReadLevel.LOCAL, cluster.lane)
                                .orElseThrow()
                                .nextPosition()
                        - 1;
        BoundWrites.takeOver(
                cluster.store,
                cluster.index().row(),
                new Takeover(given, left, tasks, cluster.store.nowMicros()));
    }

    /** A write of the lost owner, which empties a shard, comes to a node. */
    private void comeLate(String node, int shard) throws InterruptedException {
        SimulatedNode.Work empty =
                held ->
                        held.keySet()
                                .removeIf(
                                        id ->
                                                Rendezvous.shard(id, SimulatedCluster.SHARDS)
                                                        == shard);
        cluster.node(node).enqueue("documentDeletion", LateScenarios.earlyMark(), empty, false);
        simulation.clients.settle();
    }

    private void look(LateWatch watch) {
        watch.step(_ -> true);
        cluster.view.catchUp();
    }

    private ReplicaState state(String node, int shard) {
        return cluster.index().state(node, shard);
    }

    /** All come back equal, and nothing is found a second time, by whoever looks. */
    private void comeToRest(LateWatch watch) throws Exception {
        int _ = simulation.comeToRest(0);
        Set<String> inSync = cluster.inSync();
        look(watch);
        look(simulation.watch());
        assertEquals(inSync, cluster.inSync());
        cluster.drop();
    }

    /** What comes in its order is none of it. */
    @Test
    void whatALostOwnerSentIsFoundAndCompared() throws Exception {
        takeOver(LEFT);
        LateWatch watch = simulation.watch();
        look(watch);
        simulation.writeSome();
        Set<String> inSync = cluster.inSync();
        look(watch);
        assertEquals(inSync, cluster.inSync());
        comeLate("b", 0);
        look(watch);
        assertEquals(ReplicaState.OUT, state("b", 0));
        assertEquals(ReplicaState.OUT, state("b", 1));
        assertEquals(ReplicaState.IN_SYNC, state("b", 2));
        comeToRest(watch);
    }

    /** Shows: a further owner, who did not take over with anything left, goes on with it. */
    @Test
    void whatCameBeforeAFurtherOwnerLookedIsFound() throws Exception {
        takeOver(LEFT);
        comeLate("b", 1);
        simulation.writeSome();
        takeOver(ShardSet.of(2));
        simulation.writeSome();
        cluster.claim();
        look(simulation.watch());
        assertEquals(ReplicaState.OUT, state("b", 1));
        assertEquals(ReplicaState.IN_SYNC, state("b", 2));
        comeToRest(simulation.watch());
    }

    /** Shows: it does not go on to others, and outvote the one that is right. */
    @Test
    void whatCameToASourceIsNotCopied() throws Exception {
        takeOver(LEFT);
        cluster.putOut("a");
        Copy fromIt = simulation.copyTo("a");
        String source = fromIt.source();
        comeLate(source, 0);
        assertFalse(simulation.copy(fromIt));
        assertEquals(
                "node " + source + " took requests late: it is compared first",
                simulation.lastFailure);
        look(simulation.watch());
        assertEquals(ReplicaState.OUT, state(source, 0));
        comeToRest(simulation.watch());
    }

    /** Shows: a pod that is lost while it keeps a takeover leaves no job that nobody ends. */
    @Test
    void theRowOfALostPodIsEnded() throws Exception {
        takeOver(LEFT);
        String id = "lane_takeover/" + cluster.index().row().physicalUid();
        JobRow ended = cluster.store.jobs().get(ReadLevel.LOCAL, id).orElseThrow();
        NewJob again = new NewJob(id, "lane_takeover", id, "{}", Jobs.ATTEMPTS_MAX, 0, 0);
        assertTrue(
                ClaimedJob.replace(
                        cluster.store, ended, again, Json.parseObject(ended.progressJson())));
        look(simulation.watch());
        // Whoever keeps one may be about to claim it.
        assertEquals(JobState.QUEUED, jobState(id));
        simulation.goesBy(Duration.ofMinutes(2));
        look(simulation.watch());
        assertEquals(JobState.COMPLETED, jobState(id));
        comeLate("b", 0);
        look(simulation.watch());
        assertEquals(ReplicaState.OUT, state("b", 0));
        comeToRest(simulation.watch());
    }

    private JobState jobState(String id) {
        return cluster.store.jobs().get(ReadLevel.LOCAL, id).orElseThrow().state();
    }

    /** Shows: a copy's end hides nothing that came before, to a shard that is not copied. */
    @Test
    void whatCameBeforeAnotherShardIsCopiedIsFoundByTheCopy() throws Exception {
        takeOver(LEFT);
        comeLate("b", 0);
        cluster.putOut("b", ShardSet.of(2));
        assertTrue(simulation.copy(simulation.copyTo("b")), () -> simulation.lastFailure);
        assertEquals(ReplicaState.OUT, state("b", 0));
        assertEquals(ReplicaState.IN_SYNC, state("b", 2));
        comeToRest(simulation.watch());
    }

    /** Nobody is stopped for longer, and goes on all the same. */
    @Test
    void itIsLookedForAnHour() throws Exception {
        takeOver(LEFT);
        simulation.goesBy(Duration.ofMinutes(50));
        assertTrue(LateHorizon.of(cluster.store, cluster.index().row(), "b").isPresent());
        simulation.goesBy(Duration.ofMinutes(20));
        assertFalse(LateHorizon.of(cluster.store, cluster.index().row(), "b").isPresent());
        cluster.drop();
    }
}
