package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.ReadLevel;
import io.miroir.store.Role;
import io.miroir.store.Writes;
import io.miroir.store.lease.Leases;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wall clocks that are an hour apart, or jump by one, decide nothing (rule 19). */
class ClockJumpTest {
    private static final long MINUTE_MICROS = 60_000_000;

    /** Longer than the test, however slow the machine is; shorter than clocks are apart. */
    private static final long TEST_MICROS_MAX = 30 * MINUTE_MICROS;

    /** Longer than the test, shorter than the jump. */
    private static final long LEASE_MICROS = 15 * MINUTE_MICROS;

    /** A wall clock that is set by an hour, forth and back, whenever it was asked. */
    private static final class JumpingClock implements InstantSource {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public Instant instant() {
            long hours = asked.getAndIncrement() % 3;
            return InstantSource.system().instant().plus(Duration.ofHours(hours == 2 ? -1 : hours));
        }
    }

    /**
     * What a clock says while its pod runs can do nothing: it is asked at the start, and no more.
     * (That nobody asks the system's beside it is ArchitectureTest's matter.)
     */
    @Test
    void clocksThatJumpWhileTheirPodsRunMakeNothingEndEarlyOrTwice(@TempDir Path dir)
            throws Exception {
        List<RaftStoreConfig.Peer> peers = Group.freePeers();
        List<JumpingClock> clocks = new ArrayList<>();
        List<RaftTaskStore> pods = new ArrayList<>();
        try {
            for (RaftStoreConfig.Peer peer : peers) {
                clocks.add(new JumpingClock());
                pods.add(start(peer.id(), peers, dir, clocks.getLast()));
            }
            long epoch = Writes.claim(leader(pods), "movies", "pod-x");
            Leases.Taking.Taken first =
                    (Leases.Taking.Taken)
                            leader(pods).leases().take("duty", "pod-x", LEASE_MICROS).orThrow();
            leader(pods).sessions().touch("someone").orThrow();
            long begin = leader(pods).status().storeTimeMicros();
            long last = begin;
            for (int i = 0; i < 2 * pods.size(); i++) {
                // Whoever leads next stamps by what it has followed.
                leader(pods).handOver();
                last = nothingHasEnded(pods, epoch, first, begin, last);
            }
            Group.await(
                    "equal digests",
                    () -> pods.stream().map(RaftTaskStore::digests).distinct().count() == 1);
            clocks.forEach(clock -> assertEquals(1, clock.asked.get(), "asked while pods ran"));
        } finally {
            pods.forEach(RaftTaskStore::close);
        }
    }

    /** Answers the store time. */
    private static long nothingHasEnded(
            List<RaftTaskStore> pods,
            long epoch,
            Leases.Taking.Taken first,
            long begin,
            long last) {
        RaftTaskStore leader = leader(pods);
        Writes.write(leader, "movies", epoch);
        assertEquals(
                new Leases.Taking.Held("pod-x", first.epoch(), first.expiresAt()),
                leader.leases().take("duty", "pod-y", LEASE_MICROS).orThrow(),
                "its time is not over");
        assertTrue(leader.sessions().get(ReadLevel.LOCAL, "someone").isPresent());
        long now = leader.status().storeTimeMicros();
        assertTrue(now >= last, "store time went back by " + (last - now) + " us");
        assertTrue(now - begin < LEASE_MICROS / 2, "store time jumped to " + now);
        return now;
    }

    @Test
    void storeTimeNeitherGoesBackNorJumpsWhoeverLeads(@TempDir Path dir) throws Exception {
        List<RaftStoreConfig.Peer> peers = Group.freePeers();
        List<RaftTaskStore> pods = new ArrayList<>();
        try {
            for (int i = 0; i < peers.size(); i++) {
                // An hour behind, right, an hour ahead.
                Duration offset = Duration.ofHours(i - 1);
                pods.add(start(peers.get(i).id(), peers, dir, apart(offset)));
            }
            long epoch = Writes.claim(leader(pods), "movies", "pod-x");
            Writes.write(leader(pods), "movies", epoch);
            long first = leader(pods).status().storeTimeMicros();
            everyoneLeads(pods, epoch, first);
            // The clock of one jumps by hours while it is away.
            for (int hours : new int[] {5, -5}) {
                RaftTaskStore away = pods.removeFirst();
                String id = away.status().podId();
                away.close();
                pods.add(start(id, peers, dir, apart(Duration.ofHours(hours))));
                everyoneLeads(pods, epoch, first);
            }
        } finally {
            pods.forEach(RaftTaskStore::close);
        }
    }

    private static void everyoneLeads(List<RaftTaskStore> pods, long epoch, long first) {
        long last = first;
        for (RaftTaskStore next : pods) {
            Group.await("leadership goes around", () -> leads(pods, next));
            Writes.write(next, "movies", epoch);
            long now = next.status().storeTimeMicros();
            assertTrue(now >= last, "store time went back by " + (last - now) + " us");
            assertTrue(now - first < TEST_MICROS_MAX, "store time jumped to " + now);
            last = now;
        }
    }

    /** It is asked again while the next one has too little of the log. */
    private static boolean leads(List<RaftTaskStore> pods, RaftTaskStore next) {
        RaftTaskStore leader = leader(pods);
        if (leader != next) {
            leader.handOver(next.status().podId());
        }
        return next.status().role() == Role.LEADER;
    }

    private static RaftTaskStore leader(List<RaftTaskStore> pods) {
        Group.await(
                "one leader",
                () -> pods.stream().filter(p -> p.status().role() == Role.LEADER).count() == 1);
        return pods.stream()
                .filter(pod -> pod.status().role() == Role.LEADER)
                .findFirst()
                .orElseGet(pods::getFirst);
    }

    private static InstantSource apart(Duration offset) {
        return InstantSource.offset(InstantSource.system(), offset);
    }

    private static RaftTaskStore start(
            String id, List<RaftStoreConfig.Peer> peers, Path dir, InstantSource wallClock) {
        return new RaftTaskStore(
                new RaftStoreConfig(
                        id,
                        dir.resolve(id),
                        peers,
                        "127.0.0.1",
                        Group.limits(60_000),
                        new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20)),
                new RaftTaskStore.Surroundings(
                        wallClock,
                        new Random(),
                        new CollectorRegistry(),
                        Throwable::printStackTrace));
    }
}
