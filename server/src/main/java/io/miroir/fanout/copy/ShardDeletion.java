package io.miroir.fanout.copy;

import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ShardSet;
import io.miroir.duty.ClaimedJob;
import io.miroir.duty.ClaimedJob.Claiming;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.NewJob;
import io.miroir.store.lane.Lanes.Affecting;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Deletes on a node what it does not hold any more. The request of a pod that was paused may come
 * when the node has it again, and the one that had it meanwhile is about to let go of it. So the
 * store is told before that a deletion is under way, and asked behind that whether the lane is
 * still the pod's; and to a node to which one may still come nobody lets go of anything.
 */
public final class ShardDeletion {
    private static final String TYPE = "shard_deletion";

    /** One that nobody waits for any more comes to its node within that time, or is found there. */
    private static final long REST_MICROS =
            TimeUnit.SECONDS.toMicros(TargetWriter.SEND_TIMEOUT.toSeconds());

    private final CopyContext context;
    private final IndexRow index;
    private final String node;

    /** Nothing of that node is deleted yet. */
    public ShardDeletion(CopyContext context, IndexRow index, String node) {
        this.context = context;
        this.index = index;
        this.node = node;
    }

    /** Whether a deletion may still come to a node of which nobody knows what became. */
    public static boolean mayCome(TaskStore store, IndexRow index, String node) {
        return store.jobs()
                .get(ReadLevel.LOCAL, id(index, node))
                .filter(job -> mayCome(store, job))
                .isPresent();
    }

    private static boolean mayCome(TaskStore store, JobRow job) {
        return untilMicros(job) > store.nowMicros();
    }

    /**
     * Does it, and comes back when the node has.
     *
     * @param epoch under which it was decided
     * @param watch called again and again while the node is waited for
     * @throws CopyFailedException if it can't be done now, or is not this pod's to do
     */
    public void of(ShardSet shards, long epoch, TargetWriter.Watch watch)
            throws InterruptedException {
        ClaimedJob announced = announce();
        try {
            requireOurs(epoch);
            NodeTasks tasks = new NodeTasks(context.nodes(), node, index.physicalUid());
            String mark = CopyMarks.deletion(shards);
            new TargetWriter(tasks, mark, () -> look(announced, watch), context.holds())
                    .removeShards(shards);
            // The node may have had them again: it is not to be believed before that is found.
            requireOurs(epoch);
        } catch (CopyFailedException failed) {
            // Also if nothing was sent: who was paused may have announced it in place of another.
            announced.fail(String.valueOf(failed.getMessage()));
            throw failed;
        }
        announced.completeAndForget();
    }

    private void requireOurs(long epoch) throws InterruptedException {
        if (context.told(context.store().lanes().affect(index.uid(), epoch, List.of()))
                instanceof Affecting.Fenced) {
            throw new CopyFailedException("another pod runs the lane by now");
        }
        // An epoch is of a lane, and a lane of a name, which the index may have no more.
        IndexView _ = context.current(index);
    }

    /**
     * In the place of one that has ended, but of none that may still come, whatever this pod sees.
     */
    private ClaimedJob announce() {
        String id = id(index, node);
        String params = Json.text(Json.object().put("index", index.uid()).put("node", node));
        NewJob wanted = new NewJob(id, TYPE, id, params, 1, 0, 0);
        return switch (ClaimedJob.claim(
                context.store(),
                context.podId(),
                wanted,
                ended ->
                        Optional.of(Json.object()).filter(_ -> !mayCome(context.store(), ended)))) {
            case Claiming.Claimed(ClaimedJob job) -> job;
            case Claiming.NotNow _ ->
                    throw new CopyFailedException("a deletion may still come to node " + node);
            case Claiming.Full full -> throw new CopyFailedException(full.message());
        };
    }

    private void look(ClaimedJob announced, TargetWriter.Watch watch) throws InterruptedException {
        context.look(index, List.of(node));
        if (announced.isBeatDue() && !announced.beat()) {
            throw new CopyFailedException("another pod deletes by now");
        }
        watch.look();
    }

    /** When it comes no more. */
    private static long untilMicros(JobRow job) {
        return switch (job.state()) {
            // Not begun, or known to have ended.
            case QUEUED, COMPLETED -> 0;
            case IN_PROGRESS -> REST_MICROS + expiresAt(job);
            case FAILED -> REST_MICROS + Objects.requireNonNull(job.dates().endedAt());
        };
    }

    private static long expiresAt(JobRow job) {
        JobRow.Claim claim = Objects.requireNonNull(job.claim());
        return Objects.requireNonNull(claim.expiresAt());
    }

    private static String id(IndexRow index, String node) {
        return TYPE + '/' + index.physicalUid() + '/' + node;
    }
}
