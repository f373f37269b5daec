package io.miroir.capability.leader.rebalance;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.FleetChange;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.RebalanceMetrics;
import io.miroir.cluster.lease.EveryPod;
import io.miroir.duty.LeaderDuty;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.LaneRow;
import io.miroir.store.topology.Topologies.Replacement;
import io.miroir.store.topology.TopologyRow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a change of the nodes when every index lies as it is to: from then on nobody goes by the
 * nodes that it began with. An index that is being created lies as its pod saw the nodes when it
 * was planned, so it must be there too, and no pod may go by what was before the change.
 */
public final class ChangeEnd implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeEnd.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final TaskStore store;
    private final ClusterView view;
    private final EveryPod everyPod;
    private final RebalanceMetrics metrics;

    /** Ends nothing yet. */
    public ChangeEnd(
            TaskStore store, ClusterView view, EveryPod everyPod, RebalanceMetrics metrics) {
        this.store = store;
        this.view = view;
        this.everyPod = everyPod;
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return "change-end";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        Optional<TopologyRow> topology = fenced.topology().get(ReadLevel.LOCAL);
        Optional<FleetChange> change = topology.map(TopologyRow::json).flatMap(FleetChange::of);
        if (change.isEmpty() || !isSeen(change.get()) || !isDone()) {
            return;
        }
        FleetChange done = change.get();
        TopologyRow row = topology.get();
        Replacement ended =
                fenced.topology().replace(done.endedIn(row.json()), row.version()).orThrow();
        if (ended instanceof Replacement.Replaced) {
            long micros = store.nowMicros() - done.sinceMicros();
            metrics.ended((double) micros / TimeUnit.SECONDS.toMicros(1));
            LOG.info("the nodes are {} now: {} has ended", done.then(), done.name());
        }
    }

    /** Whether all pods go by the change, this one among them. */
    private boolean isSeen(FleetChange change) {
        if (!view.fleet().change().equals(Optional.of(change))) {
            return false;
        }
        try {
            everyPod.awaitSeen();
            return view.tryCatchUp();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isDone() {
        // Intents before indexes: one that becomes an index in between is seen as both.
        List<Long> intended =
                store.lanes().list(ReadLevel.LOCAL).stream()
                        .map(LaneRow::lane)
                        .flatMap(lane -> store.lanes().openIntents(ReadLevel.LOCAL, lane).stream())
                        .map(IntentRow::incarnation)
                        .toList();
        List<IndexRow> rows = store.indexes().list(ReadLevel.LOCAL);
        Set<Long> known = rows.stream().map(IndexRow::incarnation).collect(Collectors.toSet());
        return known.containsAll(intended) && rows.stream().allMatch(this::lies);
    }

    private boolean lies(IndexRow row) {
        Fleet fleet = view.fleet();
        return view.index(row.uid())
                .filter(index -> index.row().incarnation() == row.incarnation())
                .filter(IndexView::ready)
                .filter(index -> fleet.next(index).isNothing())
                // Where nothing is let go of, as with copies more, nothing else waits for them; and
                // writes need a quorum of the new number from here on.
                .filter(index -> fleet.progress(index).isMoved())
                .isPresent();
    }
}
