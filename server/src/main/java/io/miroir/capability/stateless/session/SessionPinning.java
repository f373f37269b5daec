package io.miroir.capability.stateless.session;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.config.SessionPinningConfig;
import io.miroir.fanout.lane.AppliedWatch;
import io.miroir.fanout.read.Terms;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.session.SessionRow;
import io.miroir.store.session.Sessions;
import io.prometheus.client.CollectorRegistry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads that see writes, on any pod: a session's reads see its own, and a read that shows the
 * receipt of a write sees that one. What a session wrote is in the task store, in the command that
 * made it a task.
 */
public final class SessionPinning {
    /** Receipts that one read may show. */
    public static final int RECEIPTS_MAX = 16;

    static final ReadLevel READ = ReadLevel.LOCAL;

    private static final int PROLONGED_MAX = 64;

    private final Surroundings around;
    private final SessionPinningConfig config;
    private final Receipts receipts;
    private final Semaphore mayWait;
    private final SessionMetrics metrics;

    /** Sessions whose life is being prolonged: once is enough, however many read. */
    private final Set<String> prolonged = ConcurrentHashMap.newKeySet();

    /** What it looks at. */
    public record Surroundings(
            TaskStore store, ClusterView view, AppliedWatch applied, NodeHealth health) {
        boolean alive(String node) {
            return health.status(node) != HealthState.Status.DOWN;
        }
    }

    /**
     * No read waits yet.
     *
     * @param clusterId whose receipts are good
     * @param waitingReadsMax reads that wait at a time: others must get through
     */
    public SessionPinning(
            Surroundings around,
            SessionPinningConfig config,
            String clusterId,
            int waitingReadsMax,
            CollectorRegistry registry) {
        this.around = around;
        this.config = config;
        this.receipts = new Receipts(clusterId);
        this.mayWait = new Semaphore(waitingReadsMax);
        this.metrics = new SessionMetrics(registry);
    }

    /** Whether sessions are kept at all. */
    public boolean enabled() {
        return config.enabled();
    }

    /** The receipt of a write that has become that task. */
    public String receiptOf(long taskUid) {
        return receipts.of(taskUid);
    }

    /**
     * What a read must see.
     *
     * @param session the client's; null for none
     * @param shown receipts
     * @throws ApiException if a receipt is none of this cluster's, or this pod can't tell what the
     *     session wrote
     */
    public Terms.Writes writes(@Nullable String session, List<String> shown) {
        Set<Long> named = new LinkedHashSet<>();
        shown.forEach(receipt -> named.add(receipts.taskOf(receipt)));
        Optional<SessionRow> row =
                session == null || !config.enabled() ? Optional.empty() : rowOf(session);
        boolean unknown =
                named.stream().anyMatch(uid -> around.store().tasks().get(READ, uid).isEmpty());
        if (unknown) {
            // Another pod may have made it a moment ago. One that is forgotten had ended.
            around.view().catchUp();
        }
        row.ifPresent(this::prolong);
        AwaitedWrites.Demand demand =
                new AwaitedWrites.Demand(
                        named,
                        row.map(SessionRow::pending).orElse(List.of()),
                        row.map(SessionRow::pinnedGroup).orElse(null),
                        config.waitStrategy());
        return demand.isEmpty()
                ? Terms.Writes.NONE
                : new AwaitedWrites(
                        around,
                        demand,
                        TimeUnit.MILLISECONDS.toNanos(config.maxWaitMs()),
                        mayWait,
                        metrics);
    }

    // The write may have been answered by another pod a moment ago.
    private Optional<SessionRow> rowOf(String session) {
        if (!around.view().tryCatchUp()) {
            throw new ApiException(
                    ErrorCode.MIROIR_STALE_VIEW,
                    "This pod has no contact with the others: it can't tell what the session"
                            + " wrote.");
        }
        return around.store().sessions().get(READ, session);
    }

    // Half of its life is gone: nobody waits for the command that begins it again.
    private void prolong(SessionRow row) {
        long leftMicros = row.expiresAt() - around.store().nowMicros();
        boolean due = leftMicros < TimeUnit.SECONDS.toMicros(config.ttlSeconds()) / 2;
        if (due && prolonged.size() < PROLONGED_MAX && prolonged.add(row.sessionId())) {
            Thread.ofVirtual()
                    .name("session")
                    .start(
                            () -> {
                                try {
                                    Sessions sessions = around.store().sessions();
                                    // One that fails is made up for by the session's next read.
                                    var _ = sessions.touch(row.sessionId());
                                } finally {
                                    prolonged.remove(row.sessionId());
                                }
                            });
        }
    }
}
