package io.miroir.capability.partitioned.move;

import io.miroir.api.ApiException;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.RebalanceMetrics;
import io.miroir.core.layout.MoveStep;
import io.miroir.duty.PartitionedDuty;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.CopyThreads;
import io.miroir.fanout.copy.LateLooks;
import io.miroir.store.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has each index's replicas come to lie as the nodes' layout says, whether these change or not: an
 * index may have been created by a pod that did not know yet. A replica that a node lacks is made
 * one that is out, and repair does the rest; one that others have instead is let go of and deleted.
 * Whoever runs the lane of an index does it, as with repair: it alone can hold the lane.
 */
public final class ReplicaMoves implements PartitionedDuty {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMoves.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** While the nodes stay as they are there is seldom anything to do. */
    private static final int STEPS_PER_IDLE_LOOK = 10;

    /** After writes waited in vain they are not made to wait again for so long. */
    private static final Duration REST_AGAIN = Duration.ofSeconds(10);

    /** Indexes at a time; most of it is waiting for others. */
    static final int INDEXES_MAX = 128;

    private final CopyContext context;
    private final OlderReads olderReads;
    private final RebalanceMetrics metrics;
    private final CopyThreads running = new CopyThreads();
    private final Map<Moved, LateLooks> late = new HashMap<>();
    private int idle;

    /** An index and its name: under another one another lane is held for it. */
    private record Moved(String uid, String physicalUid) {
        private static Moved of(IndexView index) {
            return new Moved(index.row().uid(), index.row().physicalUid());
        }
    }

    /** Moves nothing yet. */
    public ReplicaMoves(CopyContext context, OlderReads olderReads, RebalanceMetrics metrics) {
        this.context = context;
        this.olderReads = olderReads;
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return "replica-moves";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Predicate<String> owned) {
        boolean changing = context.view().fleet().change().isPresent();
        if (!changing && ++idle < STEPS_PER_IDLE_LOOK) {
            return;
        }
        idle = 0;
        List<IndexView> moving =
                context.view().indexes().stream()
                        .filter(index -> context.lanes().owns(index.row().uid()) && hasWork(index))
                        .toList();
        late.keySet().retainAll(moving.stream().map(Moved::of).collect(Collectors.toSet()));
        moving.forEach(this::begin);
    }

    private boolean hasWork(IndexView index) {
        MoveStep next = IndexMove.next(context, index);
        return !next.gain().isEmpty()
                || !next.letGo().isEmpty()
                || next.free().keySet().stream().anyMatch(node -> canFree(node));
    }

    // One that goes altogether is not asked.
    private boolean canFree(String node) {
        return context.health().usable(node) || !IndexMove.stays(context.view().fleet(), node);
    }

    private void begin(IndexView index) {
        String id = index.row().physicalUid();
        if (running.mayBegin(id, INDEXES_MAX)) {
            LateLooks known = late.computeIfAbsent(Moved.of(index), _ -> new LateLooks());
            running.begin(id, "move-" + index.row().uid(), () -> run(index, known));
        }
    }

    private void run(IndexView index, LateLooks known) {
        String uid = index.row().uid();
        try {
            if (!new IndexMove(context, index.row(), known, olderReads, metrics).run()) {
                Thread.sleep(REST_AGAIN);
            }
        } catch (InterruptedException stopped) {
            // Whoever runs the lane next goes on.
            Thread.currentThread().interrupt();
        } catch (CopyFailedException | ApiException | StoreUnavailableException notNow) {
            LOG.info("replicas of {} do not move yet: {}", uid, notNow.getMessage());
        } catch (RuntimeException bug) {
            LOG.error("replicas of {} can't be moved", uid, bug);
        }
    }

    @Override
    public void stop() {
        running.stop();
    }
}
