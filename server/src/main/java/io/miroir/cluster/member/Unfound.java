package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeted;
import java.util.Collection;

/**
 * A pod that opened its disk while no other one answered may run on a copy of it, elsewhere: nobody
 * could tell. Others that answer since can. One that was found once is the pod.
 */
final class Unfound {
    private static final long WAIT_NANOS_MAX = Entrance.REACHED_WAIT_MAX.toNanos();

    private boolean found;
    private boolean answered;
    private long sinceNanos;

    /**
     * Whether it must not go on.
     *
     * @param welcomes the last answers
     */
    boolean isOver(Collection<Greeted.Welcome> welcomes, long nowNanos) {
        found |= welcomes.stream().anyMatch(Greeted.Welcome::reached);
        if (found || welcomes.isEmpty()) {
            answered = false;
            return false;
        }
        if (!answered) {
            answered = true;
            sinceNanos = nowNanos;
        }
        return nowNanos - sinceNanos >= WAIT_NANOS_MAX;
    }
}
