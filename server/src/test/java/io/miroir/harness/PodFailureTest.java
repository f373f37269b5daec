package io.miroir.harness;

import static io.miroir.harness.TrafficChecks.assertNothingLost;
import static io.miroir.harness.TrafficChecks.awaitWrites;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.demo.Traffic;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Pods that die or are stopped under load; nodes stay up. */
@Tag("cluster")
class PodFailureTest {
    private static final Duration PATIENCE = TestCluster.PATIENCE;
    private static final int STOPPED_IN_ORDER = 143;

    /** Dozens by hand: {@code -Dmiroir.podKills=48}. */
    private static final int KILLS = Integer.getInteger("miroir.podKills", 3);

    /** A pod takes less than a third, and needs 64 more to begin. */
    private static final int DISK_MEGABYTES = 256;

    private static final int NO_ROOM = 5;

    @TempDir static Path dir;
    private static TestCluster cluster;
    private static HostNames names;
    private static final Map<String, SmallDisk> disks = new HashMap<>();
    private static ApiCall search;
    private static JsonNode hits;

    private @Nullable Traffic underWay;

    /** The pods that a case ends, or may end when it fails. */
    private final Set<FleetPod> stopped = new HashSet<>();

    @BeforeAll
    static void start() throws Exception {
        names = new HostNames(dir);
        cluster = TestCluster.layOut(dir, FleetShape.DEFAULT, names.jvmOptions());
        names.give(cluster.fleet().pods());
        for (FleetPod pod : cluster.fleet().pods()) {
            Path data = dir.resolve(pod.id()).resolve("data");
            disks.put(pod.id(), SmallDisk.mount(data, DISK_MEGABYTES));
        }
        cluster.fleet().start();
        cluster.createWords("still", 50);
        search = ApiCall.search("/indexes/still/search", Json.object().put("q", "word"));
        hits = cluster.api().call(search).path("hits");
        assertEquals(20, hits.size());
        cluster.createIndex(Traffic.WRITTEN_INDEX, Json.object());
    }

    @AfterAll
    static void stop() throws Exception {
        List<IOException> busy = new ArrayList<>();
        try {
            // There is none if it could not be laid out.
            if (cluster != null) {
                cluster.close();
            }
        } finally {
            for (SmallDisk disk : disks.values()) {
                try {
                    disk.close();
                } catch (IOException mounted) {
                    busy.add(mounted);
                }
            }
        }
        assertEquals(List.of(), busy);
    }

    /**
     * A case that failed leaves pods that do not run: they must not fail the next one. A pod that
     * ended by itself fails this one.
     */
    @AfterEach
    void heal() throws Exception {
        List<String> ended = new ArrayList<>();
        try {
            for (SmallDisk disk : disks.values()) {
                disk.makeRoom();
            }
            for (FleetPod pod : cluster.fleet().pods()) {
                if (!pod.process().isAlive()) {
                    if (!stopped.contains(pod)) {
                        ended.add(pod.id() + ": " + pod.process().logTail());
                    }
                    pod.process().start();
                }
                cluster.fleet().awaitReady(pod);
            }
        } finally {
            if (underWay != null) {
                underWay.stop();
            }
        }
        assertEquals(List.of(), ended);
    }

    /** Design, promise 1, and testing.md "nothing acknowledged is lost": kill -9 of the leader. */
    @Test
    void writesGoOnAndNothingIsLostWhenTheLeaderIsKilled() throws Exception {
        Traffic traffic = traffic("kill");
        FleetPod leader = cluster.status().awaitLeader().orElseThrow();
        stopped.add(leader);
        awaitWrites(traffic, 1);
        leader.process().kill();
        awaitWrites(traffic, 2);
        assertTrue(cluster.status().awaitOtherLeader(leader).isPresent());

        leader.process().start();
        cluster.fleet().awaitReady(leader);
        awaitWrites(traffic, 1);
        traffic.stop();

        assertNothingLost(cluster, traffic);
        ApiAnswer caughtUp = cluster.at(leader, search);
        assertEquals(hits, caughtUp.json().path("hits"), "the pod that came back sees all");
        List<Integer> acknowledged = traffic.figures().acknowledged();
        ApiAnswer last =
                cluster.at(
                        leader,
                        ApiCall.get(
                                "/indexes/"
                                        + Traffic.WRITTEN_INDEX
                                        + "/documents/"
                                        + acknowledged.getLast()));
        assertEquals(200, last.status(), last.toString());
    }

    /**
     * Replay makes the same tables, and a pod that comes back finds that out among writes: what it
     * has is not thrown away.
     */
    @Test
    @Tag("nightly")
    void podsThatAreKilledUnderWritesFindTheirTablesEqual() throws Exception {
        Traffic traffic = traffic("kills");
        List<FleetPod> pods = cluster.fleet().pods();
        for (int kill = 0; kill < KILLS; kill++) {
            awaitWrites(traffic, 1);
            // Now and then two at once: then one knows that it is right.
            List<FleetPod> killed =
                    kill % 3 == 2
                            ? List.of(pods.get(kill % 3), pods.get((kill + 1) % 3))
                            : List.of(pods.get(kill % 3));
            stopped.addAll(killed);
            killed.forEach(pod -> pod.process().kill());
            killed.forEach(pod -> pod.process().start());
            for (FleetPod pod : killed) {
                cluster.fleet().awaitReady(pod);
                String metrics = metrics(pod);
                assertTrue(metrics.contains("miroir_task_store_proven 1"), metrics);
                Path home = cluster.fleet().plan().directory().resolve(pod.id());
                assertFalse(Files.exists(home.resolve("data").resolve("set-aside")));
            }
        }
        awaitWrites(traffic, 1);
        traffic.stop();
        assertNothingLost(cluster, traffic);
    }

    /** A stopped pod finishes what it accepted: its clients see connections refused, not cut. */
    @Test
    void aPodThatIsToldToStopUnderLoadLosesNothing() throws Exception {
        Traffic traffic = traffic("term");
        FleetPod told = cluster.status().awaitLeader().orElseThrow();
        stopped.add(told);
        awaitWrites(traffic, 1);
        told.process().terminate();
        assertTrue(told.process().awaitExit(PATIENCE), "it stops in time");
        assertEquals(STOPPED_IN_ORDER, told.process().exitCode());
        awaitWrites(traffic, 1);

        told.process().start();
        cluster.fleet().awaitReady(told);
        awaitWrites(traffic, 1);
        traffic.stop();
        assertNothingLost(cluster, traffic);
    }

    /** Names are looked up again: by pods that run on, and by all where all have moved at once. */
    @Test
    @Tag("nightly")
    void podsThatMoveAreFoundByTheirNames() throws Exception {
        Traffic traffic = traffic("moved");
        FleetPod moved = cluster.status().awaitLeader().orElseThrow();
        stopped.add(moved);
        awaitWrites(traffic, 1);
        moved.process().stop(PATIENCE);
        names.move(List.of(moved));
        moved.process().start();
        cluster.fleet().awaitReady(moved);
        awaitWrites(traffic, 1);
        traffic.stop();
        allSeeAll();

        List<FleetPod> all = cluster.fleet().pods();
        stopped.addAll(all);
        all.forEach(pod -> pod.process().terminate());
        all.forEach(pod -> pod.process().stop(PATIENCE));
        names.move(all);
        all.forEach(pod -> pod.process().start());
        all.forEach(cluster.fleet()::awaitReady);
        allSeeAll();
        assertNothingLost(cluster, traffic);
    }

    /** On the peer ports; that a pod is ready says that it is heard on the Raft ports. */
    private static void allSeeAll() throws Exception {
        for (FleetPod pod : cluster.fleet().pods()) {
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (alive(pod) < cluster.fleet().pods().size()) {
                assertTrue(System.nanoTime() < deadlineNanos, pod.id() + " does not see all");
                Thread.sleep(20);
            }
        }
    }

    private static long alive(FleetPod asked) {
        long alive = 0;
        for (JsonNode member : cluster.members(asked)) {
            alive += member.path("alive").asBoolean() ? 1 : 0;
        }
        return alive;
    }

    /** A pod without room ends and says why; the others go on; with room it is there again. */
    @Test
    void aPodWhoseDiskIsFullEndsAndComesBackWithEverything() throws Exception {
        Traffic traffic = traffic("full");
        FleetPod full = cluster.status().awaitLeader().orElseThrow();
        stopped.add(full);
        SmallDisk disk = Objects.requireNonNull(disks.get(full.id()));
        assumeTrue(disk.isThere(), "nobody may mount a disk here");
        awaitWrites(traffic, 1);
        disk.fill();
        assertTrue(full.process().awaitExit(PATIENCE), "it ends");
        assertEquals(NO_ROOM, full.process().exitCode(), full.process()::logTail);
        String log = Files.readString(full.process().log());
        assertTrue(log.contains("data is full: "), full.process()::logTail);
        awaitWrites(traffic, 2);

        full.process().start();
        assertTrue(full.process().awaitExit(PATIENCE), "it does not begin without room");
        assertEquals(NO_ROOM, full.process().exitCode(), full.process()::logTail);
        log = full.process().logTail();
        assertTrue(log.contains("at least 64 MiB are needed"), log);

        disk.makeRoom();
        full.process().start();
        cluster.fleet().awaitReady(full);
        awaitWrites(traffic, 1);
        traffic.stop();
        assertNothingLost(cluster, traffic);
        assertEquals(hits, cluster.at(full, search).json().path("hits"));
    }

    /** Protocol, rule 9: a pod that slept through a revocation lets nobody in with the key. */
    @Test
    void aPodThatSleptThroughARevocationLetsNobodyInWithTheKey() throws Exception {
        FleetPod awake = cluster.status().awaitLeader().orElseThrow();
        FleetPod sleeper =
                cluster.fleet().pods().stream()
                        .filter(pod -> !pod.equals(awake))
                        .findFirst()
                        .orElseThrow();
        ObjectNode wanted = Json.object().putNull("expiresAt");
        wanted.putArray("actions").add("version");
        wanted.putArray("indexes").add("*");
        JsonNode key = cluster.at(awake, ApiCall.change("POST", "/keys", wanted)).json();
        assertEquals(200, version(sleeper, key), key.toString());
        signal(sleeper, "STOP");
        try {
            ApiCall revocation = ApiCall.delete("/keys/" + key.path("uid").asString());
            assertEquals(204, cluster.at(awake, revocation).status());
        } finally {
            signal(sleeper, "CONT");
        }
        assertNotEquals(200, version(sleeper, key));
        cluster.fleet().awaitReady(sleeper);
        // Ready may be what it was before it slept: without a view lease it answers 503.
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        int answer = version(sleeper, key);
        while (answer == 503 && System.nanoTime() < deadlineNanos) {
            answer = version(sleeper, key);
        }
        assertEquals(403, answer);
    }

    private static String metrics(FleetPod pod) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(pod.http().resolve("/_miroir/metrics"))
                        .header("Authorization", "Bearer " + cluster.fleet().plan().keys().admin())
                        .timeout(PATIENCE)
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    /** The status of a request with a client's key. */
    private static int version(FleetPod pod, JsonNode key) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(pod.http().resolve("/version"))
                        .header("Authorization", "Bearer " + key.path("key").asString())
                        .timeout(PATIENCE)
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private static void signal(FleetPod pod, String name) throws Exception {
        List<String> command = List.of("kill", "-" + name, String.valueOf(pod.process().pid()));
        assertEquals(0, new ProcessBuilder(command).start().waitFor());
    }

    private Traffic traffic(String name) {
        Traffic traffic = new Traffic(cluster.client(), System::nanoTime, name);
        underWay = traffic;
        traffic.watch(search, hits);
        traffic.start();
        return traffic;
    }
}
