package io.miroir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.fleet.Ports;
import io.miroir.cli.fleet.PortsApart;
import io.miroir.cluster.member.PodIdentity;
import io.miroir.cluster.member.StartRefusedException;
import io.miroir.raft.LostVote;
import io.miroir.raft.Member;
import io.miroir.raft.RaftTaskStore;
import io.miroir.store.Digests;
import io.miroir.store.Reply;
import io.miroir.store.Role;
import io.miroir.store.TaskStore;
import io.miroir.store.alias.AliasRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How pods form a cluster, come back to it and are kept out of it (rule 24). A pod that is let in
 * by mistake may wait for ever: that must fail, not hang.
 */
@Timeout(900)
class EnteringTest {
    private static final int ENTRIES_SINCE = 20;

    private final Ports free = PortsApart.make();
    private final List<StorePod> running = new ArrayList<>();

    @TempDir Path dir;

    @AfterEach
    void stopAll() {
        running.forEach(StorePod::close);
    }

    private StorePod.Layout layout(String name, int pods) {
        List<List<Integer>> ports = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            ports.add(List.of(free.free(), free.free()));
        }
        return new StorePod.Layout(dir.resolve(name), ports);
    }

    private StorePod keep(StorePod pod) {
        running.add(pod);
        return pod;
    }

    private void stop(StorePod pod) {
        running.remove(pod);
        pod.close();
    }

    private static PodIdentity identity(StorePod pod) {
        return Objects.requireNonNull(pod.opening().doorkeeper()).identity().orElseThrow();
    }

    private static String refusal(Runnable start) {
        return String.valueOf(assertThrows(StartRefusedException.class, start::run).getMessage());
    }

    @Test
    void emptyPodsFormOneClusterAndAnEmptyDiskComesBackWithoutAVoteFirst() {
        // The wiped voter must not vote as if it had never acknowledged anything: it is struck
        // off, follows, and is a voter again when it has everything.
        StorePod.Layout layout = layout("one", 3);
        LostVote.put(layout.data(1));
        StorePod.startAll(layout).forEach(this::keep);
        assertFalse(LostVote.isThere(layout.data(1)), "that was in a cluster that is gone");
        UUID cluster = identity(running.get(0)).clusterId();
        assertEquals(cluster, identity(running.get(1)).clusterId());
        assertEquals(cluster, identity(running.get(2)).clusterId());

        StorePod wiped = running.get(2);
        write(running.get(0).store(), "before");
        copy(layout.data(2), dir.resolve("old-disk"));
        UUID incarnation = identity(wiped).incarnation();
        stop(wiped);
        delete(layout.data(2));
        write(running.get(0).store(), "while-away");

        StorePod back = keep(StorePod.start(layout, 2));
        assertEquals(cluster, identity(back).clusterId());
        assertNotEquals(incarnation, identity(back).incarnation());
        StorePod.await("all voters again", () -> back.store().status().voters().size() == 3);
        awaitEqualTables(back);
        StorePod.await("a vote", () -> back.store().status().role() != Role.LISTENER);

        // The disk that it had before is out of date: what it remembers of votes is not true.
        stop(back);
        // Who leads says so: it may have been this pod until now.
        acknowledge(running.getFirst().store());
        assertTrue(
                refusal(
                                () ->
                                        keep(
                                                StorePod.start(
                                                        layout,
                                                        2,
                                                        dir.resolve("old-disk"),
                                                        layout.ports().get(2))))
                        .contains("out of date"));
    }

    @Test
    void aDamagedMemberTakesEverythingFromTheOthersAndOneAloneRefuses() throws IOException {
        // What is damaged is never served, and never thrown away before there is another copy.
        StorePod.Layout layout = layout("one", 3);
        StorePod.startAll(layout).forEach(this::keep);
        write(running.get(0).store(), "before");
        running.add(running.remove(1));
        Path data = layout.data(1);
        comesBack(layout, () -> flipABit(data.resolve("store.db")));
        comesBack(layout, () -> cut(data.resolve("store.db")));
        comesBack(layout, () -> flipABit(anyLogSegment(data)));
        comesBack(layout, () -> cut(anyLogSegment(data)));

        // The same again, with nobody else there.
        StorePod.Layout single = layout("single", 1);
        StorePod alone = keep(StorePod.start(single, 0));
        StorePod.await("it is a member", () -> identity(alone).stage() == PodIdentity.Stage.MEMBER);
        stop(alone);
        flipABit(single.data(0).resolve("store.db"));
        assertTrue(refusal(() -> keep(StorePod.start(single, 0))).contains("restore a backup"));
        assertTrue(Files.exists(single.data(0).resolve("store.db")));
    }

    /** Does something to the files of the second pod. */
    private interface Damage {
        void now() throws IOException;
    }

    private void comesBack(StorePod.Layout layout, Damage damage) throws IOException {
        stop(running.getLast());
        damage.now();
        Path aside = layout.data(1).resolve("set-aside");
        if (Files.exists(aside)) {
            delete(aside);
        }
        StorePod back = keep(StorePod.start(layout, 1));
        assertTrue(Files.exists(aside.resolve("store.db")));
        StorePod.await("its vote", () -> back.store().status().voters().size() == 3);
        awaitEqualTables(back);
    }

    private void awaitEqualTables(StorePod pod) {
        List<Digests> last = new ArrayList<>();
        try {
            StorePod.await(
                    "equal tables",
                    () -> {
                        last.clear();
                        last.add(pod.store().digests());
                        last.add(running.getFirst().store().digests());
                        return last.getFirst().equals(last.getLast());
                    });
        } catch (AssertionError different) {
            throw new AssertionError(last.toString(), different);
        }
    }

    @Test
    void anOldCopyOfAMembersDiskIsNotBelievedHoweverLittleItLacks() {
        // Everything in it is sound, but it lacks what this pod has acknowledged since: with it a
        // majority could decide without knowing that.
        StorePod.Layout layout = layout("one", 3);
        StorePod.startAll(layout).forEach(this::keep);
        List<StorePod> founders = List.copyOf(running);
        founders.forEach(
                pod ->
                        StorePod.await(
                                "it is a member",
                                () -> identity(pod).stage() == PodIdentity.Stage.MEMBER));
        StorePod watching = running.get(0);
        int victim = "pod-1".equals(watching.store().status().leaderId()) ? 2 : 1;
        StorePod member = founders.get(victim);
        // Who leads next has not heard of the pod: then nobody can tell, and that is no test.
        while (true) {
            UUID incarnation = identity(member).incarnation();
            stop(member);
            Path old = dir.resolve("old-disk");
            copy(layout.data(victim), old);
            member = keep(StorePod.start(layout, victim));
            acknowledge(member.store());
            long term = watching.store().status().term();
            stop(member);
            delete(layout.data(victim));
            copy(old, layout.data(victim));
            delete(old);
            boolean stopped = isStoppedWhenItIsStruckOff(layout, victim, watching.store());
            member = keep(StorePod.start(layout, victim));
            if (watching.store().status().term() == term) {
                assertTrue(stopped);
                assertNotEquals(incarnation, identity(member).incarnation());
                break;
            }
        }
        // Between the two starts nobody else knew of the pod, or that it had a vote.
        StorePod restored = member;
        assertTrue(Files.exists(layout.data(victim).resolve("set-aside").resolve("store.db")));
        StorePod.await("its vote", () -> restored.store().status().voters().size() == 3);
        assertFalse(LostVote.isThere(layout.data(victim)), "it has it again");
        awaitEqualTables(restored);

        // A disk that lacks nothing is believed.
        UUID incarnation = identity(restored).incarnation();
        acknowledge(restored.store());
        stop(restored);
        StorePod honest = keep(StorePod.start(layout, victim));
        assertEquals(incarnation, identity(honest).incarnation());
    }

    /**
     * Starts a pod that can't write down that it joins from now on; false if it does not come so
     * far.
     */
    private boolean isStoppedWhenItIsStruckOff(
            StorePod.Layout layout, int pod, RaftTaskStore others) {
        Path inTheWay = layout.data(pod).resolve("identity.part");
        try {
            Files.createDirectories(inTheWay.resolve("not-empty"));
            stop(keep(StorePod.start(layout, pod)));
            return false;
        } catch (UncheckedIOException stopped) {
            assertFalse(Files.exists(layout.data(pod).resolve("set-aside")));
            assertTrue(
                    others.membership().members().stream()
                            .noneMatch(member -> member.id().equals("pod-" + pod)));
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(inTheWay);
        }
    }

    /** Entries, the last one of them acknowledged by the pod that is asked. */
    private static void acknowledge(TaskStore store) {
        for (int i = 0; i < ENTRIES_SINCE; i++) {
            // One that an election takes too long for is tried again.
            StorePod.await(
                    "a command",
                    () -> store.aliases().delete("nobody") instanceof Reply.Applied<?>);
        }
    }

    private static Path anyLogSegment(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("raft"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .filter(file -> file.toFile().length() > 100)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void cut(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
    }

    private static void flipABit(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void twoPodsWithOneIdAndAForeignPodAreKeptOut() {
        StorePod.Layout layout = layout("one", 3);
        StorePod.startAll(layout).forEach(this::keep);
        // The same id on another machine, with an empty disk.
        List<Integer> elsewhere = List.of(free.free(), free.free());
        assertTrue(
                refusal(() -> keep(StorePod.start(layout, 1, dir.resolve("twin"), elsewhere)))
                        .contains("another pod named pod-1 runs"));

        // A data directory of another pod.
        stop(running.get(0));
        assertTrue(
                refusal(
                                () ->
                                        keep(
                                                StorePod.start(
                                                        layout,
                                                        0,
                                                        layout.data(1),
                                                        layout.ports().get(0))))
                        .contains("data_dir is that of pod pod-1"));

        // A pod of another cluster that was pointed here. Nobody of this one bears its id now, so
        // its cluster alone gives it away.
        StorePod.Layout other = layout("two", 1);
        StorePod alone = keep(StorePod.start(other, 0));
        StorePod.await("it leads", () -> alone.store().status().role() == Role.LEADER);
        StorePod.await("it is a member", () -> identity(alone).stage() == PodIdentity.Stage.MEMBER);
        stop(alone);
        List<List<Integer>> mixed =
                List.of(other.ports().get(0), layout.ports().get(1), layout.ports().get(2));
        StorePod.Layout wrong = new StorePod.Layout(other.directory(), mixed);
        String why = refusal(() -> keep(StorePod.start(wrong, 0)));
        assertTrue(why.contains("of cluster"), why);
        assertEquals(2, running.size());
        assertEquals(
                3,
                running.get(0).store().membership().members().stream()
                        .filter(Member::voter)
                        .count());
    }

    private static void write(TaskStore store, String alias) {
        var _ = store.aliases().flip(alias, AliasRow.Kind.SINGLE, List.of("movies"), 0);
    }

    static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
