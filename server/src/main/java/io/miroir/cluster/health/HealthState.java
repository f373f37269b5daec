package io.miroir.cluster.health;

/**
 * What the last exchanges with one node say, decided without clock or IO.
 *
 * @param status see {@link Status}
 * @param failures failed probes since the last good exchange
 * @param successes good exchanges since the last failed one, counted while not healthy
 */
public record HealthState(Status status, int failures, int successes) {
    /** Nobody has asked yet. */
    public static final HealthState UNKNOWN = new HealthState(Status.UNKNOWN, 0, 0);

    /** Must prove itself before it is used. */
    static final HealthState DOWN = new HealthState(Status.DOWN, 0, 0);

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
    public HealthState succeeded(Thresholds thresholds) {
        return switch (status) {
            case HEALTHY -> this;
            // One failed exchange does not make a node prove itself: it was never down.
            case UNKNOWN, SUSPECT -> new HealthState(Status.HEALTHY, 0, 0);
            case DOWN ->
                    successes + 1 >= thresholds.recovery()
                            ? new HealthState(Status.HEALTHY, 0, 0)
                            : new HealthState(Status.DOWN, failures, successes + 1);
        };
    }

    /**
     * The state after a failed exchange. Only probes count: they come one after the other, while
     * requests that fail together when a connection breaks say no more than one of them.
     */
    public HealthState failed(Thresholds thresholds, boolean probe) {
        int counted = probe ? 1 : 0;
        int failed = failures == Integer.MAX_VALUE ? failures : failures + counted;
        boolean down = status == Status.DOWN || failed >= thresholds.unhealthy();
        return new HealthState(down ? Status.DOWN : Status.SUSPECT, failed, 0);
    }
}
