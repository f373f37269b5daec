package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.LeaseTokens;
import io.miroir.proto.store.TokenAsk;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.ratelimit.LeasedLimiter;
import io.miroir.store.ratelimit.RateLimits;
import io.miroir.store.ratelimit.RateScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pods that spend leased tokens over several windows, with grants that come late or never: a
 * simulation on the real applier. While a grant is on its way time passes, windows end, others
 * begin, and all pods go on.
 */
class LateGrantsTest {
    private static final int SEEDS = 100;
    private static final int STEPS = 400;
    private static final int PODS = 3;
    private static final int TOKENS = 20;
    private static final int FREE = 4;
    private static final long WINDOW = 10 * Entries.SECOND;

    /** Commands that are on their way at once: one a pod. */
    private static final int UNDER_WAY_MAX = PODS;

    @Test
    void whateverBecomesOfGrantsNoWindowIsExceededByMoreThanWhatIsFree(@TempDir Path dir) {
        int late = 0;
        int full = 0;
        long beginsAt = 0;
        try (Entries log = new Entries(dir, 1_000)) {
            for (long seed = 0; seed < SEEDS; seed++) {
                Simulation run = new Simulation(log, seed, beginsAt);
                run.run();
                late += run.late;
                full += run.check();
                // The log's time does not go back.
                beginsAt = run.now;
            }
        }
        assertTrue(late > SEEDS, "only " + late + " grants came after the end of their window");
        assertTrue(full > SEEDS, "only " + full + " windows had all of their tokens used");
    }

    /** One run: an address, and the pods that limit it. */
    private static final class Simulation {
        private final Entries log;
        private final long seed;
        private final Random random;
        private final List<Pod> pods = new ArrayList<>();

        /** By the end of each window: tokens that were granted, by pod. */
        private final SortedMap<Long, int[]> windows = new TreeMap<>();

        private long now;
        private int underWay;
        private int late;

        Simulation(Entries log, long seed, long beginsAt) {
            this.log = log;
            this.seed = seed;
            this.random = new Random(seed);
            this.now = beginsAt;
            for (int i = 0; i < PODS; i++) {
                pods.add(new Pod(this, i));
            }
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
        }

        private void step() {
            Pod pod = pods.get(random.nextInt(PODS));
            switch (random.nextInt(4)) {
                case 0 -> now += random.nextLong(WINDOW / 8);
                case 1 -> pod.flush();
                default -> pod.take(1 + random.nextInt(TOKENS / 2));
            }
        }

        /** What the store does, and what happens until its answer is there. */
        Reply<List<RateLimits.Grant>> lease(Pod pod, LeaseTokens.Builder lease) {
            var grant =
                    log.apply(now, Command.newBuilder().setLeaseTokens(lease))
                            .getGrants()
                            .getGrant(0);
            long end = grant.getWindowEndsAtMicros() - Entries.TIME;
            windows.computeIfAbsent(end, _ -> new int[PODS])[pod.number] += grant.getTokens();
            if (underWay < UNDER_WAY_MAX && random.nextInt(2) == 0) {
                underWay++;
                for (int i = random.nextInt(40); i > 0; i--) {
                    step();
                }
                underWay--;
            }
            if (random.nextInt(12) == 0) {
                return new Reply.Refused<>(new Refusal.Indeterminate("lost"));
            }
            late += end <= now ? 1 : 0;
            return new Reply.Applied<>(
                    1,
                    List.of(
                            new RateLimits.Grant(
                                    grant.getTokens(), grant.getWindowEndsAtMicros(), 0)));
        }

        /** Answers how many windows had all of their tokens used. */
        int check() {
            int full = 0;
            for (var window : windows.entrySet()) {
                long end = window.getKey();
                int passed = 0;
                for (Pod pod : pods) {
                    int passedHere = pod.passed(end - WINDOW, end);
                    int granted = window.getValue()[pod.number];
                    passed += passedHere;
                    assertTrue(
                            passedHere <= granted + FREE,
                            () -> pod.number + ": " + passedHere + " of " + granted + ", " + seed);
                }
                int all = passed;
                assertTrue(all <= TOKENS + PODS * FREE, () -> all + " passed, seed " + seed);
                full += all >= TOKENS ? 1 : 0;
            }
            return full;
        }
    }

    /** A pod, and what it let pass at which times. */
    private static final class Pod implements RateLimits {
        private static final String ADDRESS = "10.0.0.";

        private final Simulation simulation;
        private final int number;
        private final LeasedLimiter limiter;
        private final List<Long> passed = new ArrayList<>();
        private boolean asks;

        Pod(Simulation simulation, int number) {
            this.simulation = simulation;
            this.number = number;
            this.limiter =
                    new LeasedLimiter(
                            this,
                            () -> Entries.TIME + simulation.now,
                            new LeasedLimiter.Rule(RateScope.SEARCH_UI, TOKENS, WINDOW, FREE, 10));
        }

        void take(int requests) {
            for (int i = 0; i < requests; i++) {
                if (limiter.take(ADDRESS + simulation.seed)
                        instanceof LeasedLimiter.Verdict.Allowed) {
                    passed.add(simulation.now);
                }
            }
        }

        void flush() {
            if (!asks) {
                asks = true;
                limiter.flush();
                asks = false;
            }
        }

        int passed(long from, long to) {
            return (int) passed.stream().filter(time -> time >= from && time < to).count();
        }

        @Override
        public Reply<List<Grant>> lease(
                RateScope scope, int tokensMax, long windowMicros, List<Ask> asks) {
            LeaseTokens.Builder lease =
                    LeaseTokens.newBuilder()
                            .setScope(scope.code())
                            .setTokensMax(tokensMax)
                            .setWindowMicros(windowMicros);
            asks.forEach(
                    ask ->
                            lease.addAsk(
                                    TokenAsk.newBuilder()
                                            .setAddress(ask.address())
                                            .setWanted(ask.wanted())
                                            .setSpent(ask.spent())));
            return simulation.lease(this, lease);
        }

        @Override
        public Reply<Long> login(String address, boolean succeeded) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Long> heldBack(ReadLevel level, String address) {
            throw new UnsupportedOperationException();
        }
    }
}
