package io.miroir.bench.gate;

import io.miroir.store.limit.StoreLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All sides of a comparison, running and warm. */
final class Arena implements AutoCloseable {
    private static final List<Integer> WARM_CALLERS = List.of(256, 16, 1);
    private static final Duration OPENING = Duration.ofSeconds(10);

    /**
     * All runs together insert millions, which nobody ends: at the default cap writes would stop.
     */
    private static final int TASKS_MAX = StoreLimits.ROWS_MAX;

    private final Shape shape;
    private final Links links;
    private final Pods pods;
    private final RedisServers equal;
    private final RedisServers usual;

    /**
     * What an arena is like.
     *
     * @param voters servers of each side
     * @param delayed whether there is a network between them, see {@link #roundTrip}
     */
    record Shape(int voters, boolean delayed) {
        /** Three, and nothing between them. */
        static final Shape THREE = new Shape(3, false);

        /** How long one takes until it is open, about. */
        Duration warming(Bench.Effort effort) {
            int asking = delayed ? 6 : 4;
            return Duration.ofMillis(effort.warmMillis())
                    .multipliedBy((long) asking * WARM_CALLERS.size())
                    .plus(OPENING);
        }
    }

    Arena(Path dir, Shape shape, long warmMillis) {
        this.shape = shape;
        this.links = shape.delayed() ? Links.delayed() : Links.straight();
        this.pods = new Pods(dir.resolve("pods"), shape.voters(), links);
        this.equal = redis(dir.resolve("equal"), RedisServers.Durability.EQUAL);
        this.usual = redis(dir.resolve("usual"), RedisServers.Durability.USUAL);
        for (Contender side : List.of(pods, equal, usual)) {
            side.asking().ask("keep " + TASKS_MAX);
        }
        List<Child> asking =
                new ArrayList<>(
                        List.of(pods.follower(), pods.leader(), equal.asking(), usual.asking()));
        if (shape.delayed()) {
            asking.addAll(List.of(equal.askingFromAfar(), usual.askingFromAfar()));
        }
        for (Child child : asking) {
            for (int callers : WARM_CALLERS) {
                child.ask("closed insert_task " + callers + " " + warmMillis);
            }
            child.ask("prepare-reads");
        }
    }

    private RedisServers redis(Path dir, RedisServers.Durability durability) {
        return new RedisServers(dir, shape.voters(), durability, links);
    }

    Shape shape() {
        return shape;
    }

    /** From now on, between all processes; in an arena that is delayed. */
    void roundTrip(Duration time) {
        links.roundTrip(time);
    }

    Pods pods() {
        return pods;
    }

    RedisServers equal() {
        return equal;
    }

    RedisServers usual() {
        return usual;
    }

    @Override
    public void close() {
        pods.close();
        equal.close();
        usual.close();
        links.close();
    }
}
