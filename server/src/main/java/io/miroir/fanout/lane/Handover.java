package io.miroir.fanout.lane;

import io.miroir.cluster.peer.Peers;
import io.miroir.store.ReadLevel;
import io.miroir.store.lane.LaneRow;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a lane may be claimed that another pod ran: once that one has ended the write at hand. A
 * claim before that would be safe, as it fences the write (protocol, rule 4), and leave that
 * write's client without an answer.
 */
final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

    /**
     * A write that lasts longer, on a node that hangs, must not stop those of all others; nor may a
     * pod that does not see this one, and so lets go of nothing.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final LaneContext context;
    private final Peers peers;

    /** By pod that keeps lanes, whichever: each of them is not waited for anew. */
    private final Map<String, Refusing> refusing = new ConcurrentHashMap<>();

    /** Since when a pod has kept lanes, and when it was heard to the last time. */
    private record Refusing(long sinceNanos, long lastNanos) {
        Refusing again(long nowNanos) {
            boolean other = nowNanos - lastNanos > PATIENCE.toNanos();
            return new Refusing(other ? nowNanos : sinceNanos, nowNanos);
        }
    }

    Handover(LaneContext context, Peers peers) {
        this.context = context;
        this.peers = peers;
    }

    /**
     * Waits until the pod that runs a lane has let it go, or is lost, or patience is over.
     *
     * @param ours whether this pod still is to run the lane
     * @return false if it is not: the lane is not to be claimed
     */
    boolean await(String lane, BooleanSupplier ours) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (ours.getAsBoolean()) {
            Optional<String> owner = livingOwner(lane);
            if (owner.isEmpty()) {
                return true;
            }
            if (peers.letGo(owner.get(), lane).orElse(false)) {
                refusing.remove(owner.get());
                return true;
            }
            if (System.nanoTime() - giveUpNanos > 0 || hasLong(owner.get())) {
                LOG.warn("lane {} is claimed although {} has not let it go", lane, owner.get());
                return true;
            }
            Thread.sleep(PAUSE);
        }
        return false;
    }

    private boolean hasLong(String owner) {
        long now = System.nanoTime();
        Refusing kept =
                refusing.compute(
                        owner,
                        (_, before) -> before == null ? new Refusing(now, now) : before.again(now));
        return now - kept.sinceNanos() > PATIENCE.toNanos();
    }

    private Optional<String> livingOwner(String lane) {
        return context.store()
                .lanes()
                .get(ReadLevel.LINEARIZABLE, lane)
                .map(LaneRow::owner)
                .filter(owner -> !owner.equals(context.podId()))
                .filter(peers::live);
    }
}
