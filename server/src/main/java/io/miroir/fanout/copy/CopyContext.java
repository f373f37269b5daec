package io.miroir.fanout.copy;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.lane.LaneHolder;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.replica.Replicas.Mark;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What comparing and copying work with.
 *
 * @param podId this pod
 */
public record CopyContext(
        String podId,
        TaskStore store,
        ClusterView view,
        Nodes nodes,
        NodeHealth health,
        LaneHolder lanes,
        Holds holds) {
    private static final Duration SEEN_MAX = Duration.ofSeconds(5);

    /**
     * An index as it is now.
     *
     * @throws CopyFailedException if it is not there any more, or under another name
     */
    public IndexView current(IndexRow index) {
        return view.index(index.uid())
                .filter(now -> now.row().incarnation() == index.incarnation())
                .orElseThrow(() -> new CopyFailedException("the index is gone, or renamed"));
    }

    /**
     * Does something while the index's lane is held.
     *
     * @throws CopyFailedException if it can't be held now
     */
    public <T> T held(IndexRow index, LaneHolder.Held<T> work) throws InterruptedException {
        return lanes.hold(index.uid(), work)
                .orElseThrow(() -> new CopyFailedException("the lane could not be held"));
    }

    /**
     * Whether work that takes long may go on. A node that failed once is not given up for it.
     *
     * @param nodeIds whom it needs
     * @throws CopyFailedException if it may not
     */
    public void look(IndexRow index, List<String> nodeIds) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        IndexView _ = current(index);
        if (!lanes.owns(index.uid())) {
            throw new CopyFailedException("the lane is another pod's");
        }
        for (String node : nodeIds) {
            if (health.status(node) == HealthState.Status.DOWN) {
                throw new CopyFailedException("node " + node + " does not answer");
            }
        }
    }

    /**
     * Marks of replicas, once this pod's view has them; empty if they changed meanwhile.
     *
     * @throws CopyFailedException if the view does not get so far, or another pod runs the lane
     */
    public Optional<Mark.Marked> seen(Reply<Mark> reply) throws InterruptedException {
        return switch (told(reply)) {
            case Mark.Marked marked -> Optional.of(marked);
            case Mark.Changed _, Mark.Full _, Mark.StatesChanged _ -> Optional.empty();
            case Mark.Fenced by when by.owner().isEmpty() ->
                    throw new CopyFailedException("the index has another lane by now");
            case Mark.Fenced by ->
                    throw new CopyFailedException("the lane was taken over by " + by.owner());
        };
    }

    /**
     * What came of a command, once this pod's view has it.
     *
     * @throws CopyFailedException if the view does not get so far
     */
    public <T> T told(Reply<T> reply) throws InterruptedException {
        T outcome = reply.orThrow();
        if (!(reply instanceof Reply.Applied<T> applied && view.await(applied.index(), SEEN_MAX))) {
            throw new CopyFailedException("this pod lags behind the task store");
        }
        return outcome;
    }
}
