package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.Intercepted;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.LaggingJobs;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.ShardDeletion;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;

/** Deletions of shards that are announced while another one may still come. */
final class DeletionScenarios {
    private final RepairSimulation simulation;
    private final SimulatedCluster cluster;

    DeletionScenarios(RepairSimulation simulation) {
        this.simulation = simulation;
        this.cluster = simulation.cluster;
    }

    /**
     * A deletion is given up long after another one was, and a pod whose tables lag knows of the
     * first one only, and is to delete, too.
     */
    void announceWhileLagging(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        giveUpDeletion(node);
        JobRow first =
                cluster
                        .store
                        .jobs()
                        .list(ReadLevel.LOCAL, JobState.FAILED, Jobs.LIST_LIMIT_MAX)
                        .stream()
                        .filter(job -> job.madeOf().type().equals("shard_deletion"))
                        .findFirst()
                        .orElseThrow();
        simulation.goesBy(RepairSimulation.RESTING_TIME.multipliedBy(10));
        assertFalse(ShardDeletion.mayCome(cluster.store, cluster.index().row(), node));
        giveUpDeletion(node);
        assertTrue(ShardDeletion.mayCome(cluster.store, cluster.index().row(), node));
        TaskStore older = LaggingJobs.in(cluster.store, first);
        CopyContext lagging = simulation.context("q", older);
        ShardDeletion late = new ShardDeletion(lagging, cluster.index().row(), node);
        assertThrows(
                CopyFailedException.class, () -> late.of(ShardSet.of(0), cluster.epoch, () -> {}));
        assertTrue(ShardDeletion.mayCome(cluster.store, cluster.index().row(), node));
        // Once nobody needs to know of it, it is done, and nothing is left in the store.
        simulation.goesBy(RepairSimulation.RESTING_TIME.multipliedBy(10));
        new ShardDeletion(simulation.context(), cluster.index().row(), node)
                .of(ShardSet.of(0), cluster.epoch, () -> {});
        assertTrue(
                cluster.store.jobs().list(ReadLevel.LOCAL, null, Jobs.LIST_LIMIT_MAX).stream()
                        .noneMatch(job -> job.madeOf().id().equals(first.madeOf().id())));
        int _ = simulation.comeToRest(0);
        cluster.drop();
    }

    /**
     * A pod stands still between its look at an earlier deletion and its own word; meanwhile
     * another one deletes, and gives up.
     */
    void announceBehindAnother(String node) throws Exception {
        simulation.begin(1);
        simulation.writeSome();
        giveUpDeletion(node);
        simulation.goesBy(RepairSimulation.RESTING_TIME.multipliedBy(10));
        boolean[] looked = new boolean[1];
        Jobs jobs =
                Intercepted.by(
                        Jobs.class,
                        (_, method, args) -> {
                            Object answer = Intercepted.passed(cluster.store.jobs(), method, args);
                            if (method.getName().equals("get") && !looked[0]) {
                                looked[0] = true;
                                giveUpDeletion(node);
                            }
                            return answer;
                        });
        TaskStore slow =
                Intercepted.by(
                        TaskStore.class,
                        (_, method, args) ->
                                method.getName().equals("jobs")
                                        ? jobs
                                        : Intercepted.passed(cluster.store, method, args));
        ShardDeletion late =
                new ShardDeletion(simulation.context("q", slow), cluster.index().row(), node);
        assertThrows(
                CopyFailedException.class, () -> late.of(ShardSet.of(0), cluster.epoch, () -> {}));
        assertTrue(ShardDeletion.mayCome(cluster.store, cluster.index().row(), node));
        // Nor does one that sees it, as long as it may come.
        ShardDeletion second = new ShardDeletion(simulation.context(), cluster.index().row(), node);
        assertThrows(
                CopyFailedException.class,
                () -> second.of(ShardSet.of(0), cluster.epoch, () -> {}));
        assertTrue(ShardDeletion.mayCome(cluster.store, cluster.index().row(), node));
        cluster.drop();
    }

    private void giveUpDeletion(String node) {
        simulation.network.onDelete =
                () -> {
                    throw new CopyFailedException("given up");
                };
        ShardDeletion deletion =
                new ShardDeletion(simulation.context(), cluster.index().row(), node);
        assertThrows(
                CopyFailedException.class,
                () -> deletion.of(ShardSet.of(0), cluster.epoch, () -> {}));
    }
}
