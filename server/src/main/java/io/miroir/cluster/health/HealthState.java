package io.miroir.cluster.health;

/**
 * What the last exchanges with one node say, decided without clock or IO. A node that fails, comes
 * back and fails again must prove itself longer each time, so that reads don't go to and fro with
 * it, and writes don't leave it out and bring it back again and again.
 *
 * @param status see {@link Status}
 * @param failures failed probes since the last good exchange
 * @param successes good exchanges since the last failed one, as far as they count towards a better
 *     state
 * @param relapses how often it fell from {@link Status#HEALTHY} lately
 */
public record HealthState(Status status, int failures, int successes, int relapses) {
    /** Nobody has asked yet. */
    public static final HealthState UNKNOWN = new HealthState(Status.UNKNOWN, 0, 0, 0);

    /** Must prove itself before it is used. */
    static final HealthState DOWN = new HealthState(Status.DOWN, 0, 0, 0);

    /** Relapses that count; with each of them but the first, what a node must prove doubles. */
    static final int RELAPSES_MAX = 5;

    /** Good probes in a row that make one relapse forgotten. */
    static final int CALM_PROBES = 20;

    /** How far a node can be trusted to answer. */
    public enum Status {
        /** Not asked yet. */
        UNKNOWN,
        /** Answers. */
        HEALTHY,
        /** Failed lately; others are asked first. */
        SUSPECT,
        /** Failed as often as the threshold says. */
        DOWN;

        /** True where requests go first. */
        public boolean usable() {
            return this == HEALTHY;
        }
    }

    /**
     * When a node counts as down and when as back.
     *
     * @param unhealthy failures in a row that make a node {@link Status#DOWN}, at least 1
     * @param recovery successes in a row that make it {@link Status#HEALTHY} again, at least 1
     */
    public record Thresholds(int unhealthy, int recovery) {}

    /** The state after a good exchange. */
    public HealthState succeeded(Thresholds thresholds, boolean probe) {
        return switch (status) {
            case UNKNOWN -> new HealthState(Status.HEALTHY, 0, 0, 0);
            case HEALTHY -> relapses > 0 && probe ? calmer() : this;
            case SUSPECT -> proven(1, probe);
            case DOWN -> proven(thresholds.recovery(), probe);
        };
    }

    private HealthState calmer() {
        return successes + 1 < CALM_PROBES
                ? new HealthState(status, 0, successes + 1, relapses)
                : new HealthState(status, 0, 0, relapses - 1);
    }

    /** One failed exchange does not make a node prove itself: it was never down. */
    private HealthState proven(int usuallyNeeded, boolean probe) {
        boolean relapsed = relapses > 1;
        int needed = relapsed ? usuallyNeeded << (relapses - 1) : usuallyNeeded;
        // Requests are many, and may be good by chance; probes come one after the other.
        int counted = successes + (probe || !relapsed ? 1 : 0);
        return counted >= needed
                ? new HealthState(Status.HEALTHY, 0, 0, relapses)
                : new HealthState(status, status == Status.DOWN ? failures : 0, counted, relapses);
    }

    /**
     * The state after a failed exchange. Only probes count: they come one after the other, while
     * requests that fail together when a connection breaks say no more than one of them.
     */
    public HealthState failed(Thresholds thresholds, boolean probe) {
        int counted = probe ? 1 : 0;
        int failed = failures == Integer.MAX_VALUE ? failures : failures + counted;
        boolean down = status == Status.DOWN || failed >= thresholds.unhealthy();
        boolean fell = status == Status.HEALTHY;
        return new HealthState(
                down ? Status.DOWN : Status.SUSPECT,
                failed,
                0,
                fell ? Math.min(RELAPSES_MAX, relapses + 1) : relapses);
    }
}
