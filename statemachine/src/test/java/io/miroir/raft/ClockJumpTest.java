package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.Role;
import io.miroir.store.Writes;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods whose wall clocks are an hour apart lead one after the other (rule 19). */
class ClockJumpTest {
    private static final long MINUTE_MICROS = 60_000_000;

    @Test
    void storeTimeNeitherGoesBackNorJumpsWhoeverLeads(@TempDir Path dir) throws Exception {
        List<RaftStoreConfig.Peer> peers = Group.freePeers();
        List<RaftTaskStore> pods = new ArrayList<>();
        try {
            for (int i = 0; i < peers.size(); i++) {
                // An hour behind, right, an hour ahead.
                Duration offset = Duration.ofHours(i - 1);
                pods.add(start(peers.get(i).id(), peers, dir, offset));
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
                pods.add(start(id, peers, dir, Duration.ofHours(hours)));
                everyoneLeads(pods, epoch, first);
            }
        } finally {
            pods.forEach(RaftTaskStore::close);
        }
    }

    private static void everyoneLeads(List<RaftTaskStore> pods, long epoch, long first) {
        long last = first;
        Set<String> led = new HashSet<>();
        for (int i = 0; led.size() < pods.size() && i < 30; i++) {
            RaftTaskStore leader = leader(pods);
            led.add(leader.status().podId());
            Writes.write(leader, "movies", epoch);
            long now = leader.status().storeTimeMicros();
            assertTrue(now >= last, "store time went back by " + (last - now) + " us");
            assertTrue(now - first < 2 * MINUTE_MICROS, "store time jumped to " + now);
            last = now;
            leader.handOver();
        }
        assertEquals(pods.size(), led.size(), "leadership did not go around");
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

    private static RaftTaskStore start(
            String id, List<RaftStoreConfig.Peer> peers, Path dir, Duration offset) {
        return new RaftTaskStore(
                new RaftStoreConfig(
                        id,
                        dir.resolve(id),
                        peers,
                        "127.0.0.1",
                        Group.limits(10_000),
                        new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20)),
                new RaftTaskStore.Surroundings(
                        InstantSource.offset(InstantSource.system(), offset),
                        new Random(),
                        new CollectorRegistry(),
                        Throwable::printStackTrace));
    }
}
