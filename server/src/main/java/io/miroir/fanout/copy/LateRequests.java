package io.miroir.fanout.copy;

import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.job.JobState;
import java.util.Objects;
import java.util.Optional;

/**
 * What comes to a node behind the end of a copy to it, or a takeover of its lane, and is older than
 * that: a request of an earlier copy, a write of a lost owner, the deletion of a replica that has
 * come back since (protocol, rule 4).
 */
public final class LateRequests {
    private final CopyContext context;
    private final IndexRow index;
    private final String node;
    private final LateHorizon horizon;
    private long through;
    private ShardSet found = ShardSet.none();

    /** Behind that; nothing was looked at yet. */
    public LateRequests(CopyContext context, IndexRow index, String node, LateHorizon horizon) {
        this.context = context;
        this.index = index;
        this.node = node;
        this.horizon = horizon;
        this.through = horizon.task();
    }

    /** Behind what it looks. */
    public LateHorizon horizon() {
        return horizon;
    }

    /**
     * The end of the copy before, behind what another one need not look; empty while something that
     * was found is left.
     */
    public Optional<CopyEnd> seenTo() {
        return found.isEmpty()
                ? horizon.copy().map(end -> end.through(Math.max(end.task(), through)))
                : Optional.empty();
    }

    /**
     * Looks at what came since it last did.
     *
     * @param pagesMax of tasks; the next ones follow the next time
     * @return whether that was all
     * @throws CopyFailedException if the node does not tell it now
     */
    public boolean look(int pagesMax, TargetWriter.Watch between) throws InterruptedException {
        String own = underWay();
        return new NodeTasks(context.nodes(), node, index.physicalUid())
                .since(through, pagesMax, (uid, carried) -> came(uid, carried, own), between);
    }

    /** The shards that may have changed by what was found until now. */
    public ShardSet found() {
        return found;
    }

    /** Whether what was found may have changed one of these that another node has in sync. */
    public boolean foundWhatOthersHave(ShardSet shards) {
        IndexView now = context.current(index);
        return found.and(shards).stream().anyMatch(shard -> hasOther(now, shard));
    }

    private boolean hasOther(IndexView now, int shard) {
        return now.states().keySet().stream()
                .anyMatch(
                        other ->
                                !other.equals(node)
                                        && now.state(other, shard) == ReplicaState.IN_SYNC);
    }

    /** All others that were found are seen to. */
    public void leave(ShardSet shards) {
        found = found.and(shards);
    }

    private void came(long uid, String carried, String own) {
        through = uid;
        if (!own.isEmpty() && carried.startsWith(own)) {
            return;
        }
        found = found.or(horizon.late(uid, carried, index.shards()));
    }

    /** How what the copy carries begins that is made to the node now; empty for none. */
    private String underWay() {
        return context.store()
                .jobs()
                .get(ReadLevel.LOCAL, CopyJobs.id(index, node))
                .filter(job -> job.state() == JobState.IN_PROGRESS && job.claim() != null)
                .map(job -> CopyMarks.ofClaim(Objects.requireNonNull(job.claim()).number()))
                .orElse("");
    }
}
