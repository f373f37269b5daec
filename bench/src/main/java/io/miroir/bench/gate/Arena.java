package io.miroir.bench.gate;

import io.miroir.store.limit.StoreLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** All sides of a comparison, running and warm. */
final class Arena implements AutoCloseable {
    private static final List<Integer> WARM_CALLERS = List.of(256, 16, 1);

    /** A round has this part of warming up with one number of callers, for all kinds of writes. */
    private static final int ROUND_PART = 4;

    /** With full effort, where nothing else takes the cores. */
    private static final int WARM_ROUNDS_EXPECTED = 4;

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
            return Duration.ofMillis(effort.warmMillis() / ROUND_PART)
                    .multipliedBy(
                            (long) asking
                                    * WARM_CALLERS.size()
                                    * Math.min(WARM_ROUNDS_EXPECTED, effort.warmRounds()))
                    .plus(OPENING);
        }
    }

    Arena(Path dir, Shape shape, Bench.Effort effort) {
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
        warm(asking, effort);
        asking.forEach(child -> child.ask("prepare-reads"));
    }

    private void warm(List<Child> asking, Bench.Effort effort) {
        long stepMillis = effort.warmMillis() / ROUND_PART / WriteRows.KINDS.size();
        Warming.Warmth warmth =
                new Warming(effort.warmRounds())
                        .warm(
                                () -> asking.forEach(child -> warm(child, stepMillis)),
                                () -> System.nanoTime() / 1_000_000,
                                this::compilersCpuMillis);
        System.err.printf(
                Locale.ROOT,
                "%s after %d rounds of everything: compilers took %.0f %% of a core in the last%n",
                warmth.reached() ? "warm" : "not warm",
                warmth.rounds(),
                100 * warmth.compiling());
    }

    /** All kinds of writes, from many callers to one. */
    private static void warm(Child child, long stepMillis) {
        for (int callers : WARM_CALLERS) {
            for (Workload.Kind kind : WriteRows.KINDS) {
                WriteRows.load(child, kind, callers, stepMillis);
            }
        }
    }

    /** Of all JVMs of all sides: what one side compiles late takes the cores of the others. */
    private long compilersCpuMillis() {
        return Stream.of(pods, equal, usual)
                .flatMap(side -> side.all().stream())
                .mapToLong(child -> child.figures().compilersCpuMillis())
                .sum();
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
