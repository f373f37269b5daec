package io.miroir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.fleet.Ports;
import io.miroir.cli.fleet.PortsApart;
import io.miroir.cluster.member.Comparer;
import io.miroir.raft.DamageMark;
import io.miroir.raft.RaftTaskStore;
import io.miroir.raft.StoreCheck;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bit that flips inside a value before a start that follows a crash: SQLite does not see it, the
 * other pods do. A crash leaves no seal.
 */
@Timeout(900)
class ComparingTest {
    private static final String WORDS = "{\"words\":\"that are in one value only\"}";

    private static final Comparer.Waits IMPATIENT =
            new Comparer.Waits(
                    Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofSeconds(2));

    @TempDir Path dir;

    private final Ports free = PortsApart.make();
    private final List<StorePod> running = new ArrayList<>();
    private StorePod.Layout layout;
    private UUID cluster;
    private long uid;

    @BeforeEach
    void aClusterWithATask() {
        List<List<Integer>> ports = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ports.add(List.of(free.free(), free.free()));
        }
        layout = new StorePod.Layout(dir, ports);
        running.addAll(StorePod.startAll(layout));
        cluster = running.getFirst().store().clusterId();
        NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, WORDS, null, null);
        uid =
                ((Tasks.Birth.Enqueued) running.getFirst().store().tasks().enqueue(task).orThrow())
                        .uid();
        awaitEqual();
    }

    @AfterEach
    void stopAll() {
        running.forEach(StorePod::close);
    }

    private void awaitEqual() {
        StorePod.await(
                "equal tables",
                () ->
                        running.stream().map(pod -> pod.store().digests()).distinct().count() == 1
                                && running.stream().allMatch(this::hasTheWords));
    }

    private boolean hasTheWords(StorePod pod) {
        return pod.store()
                .tasks()
                .get(ReadLevel.LOCAL, uid)
                .filter(task -> task.detailsJson().equals(WORDS))
                .isPresent();
    }

    /** Stops it and takes the seal away: so a crash leaves it, with all in the database file. */
    private void crash(int pod) throws IOException {
        StorePod stopped = running.get(pod);
        stopped.close();
        Files.delete(layout.data(pod).resolve("store.seal"));
    }

    private void flipABitOfTheWords(int pod) throws IOException {
        Path database = layout.data(pod).resolve("store.db");
        byte[] bytes = Files.readAllBytes(database);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("one value only");
        assertTrue(at > 0 && at == text.lastIndexOf("one value only"));
        bytes[at] ^= 1;
        Files.write(database, bytes);
        assertNull(
                StoreCheck.examine(layout.data(pod), cluster).damage(),
                "nothing in the files shows it");
    }

    private boolean wasSetAside(int pod) {
        return Files.exists(layout.data(pod).resolve("set-aside").resolve("store.db"));
    }

    private void assertRepaired(int pod) {
        assertTrue(wasSetAside(pod));
        assertFalse(Files.exists(layout.data(pod).resolve("damaged")), "it went with the files");
        RaftTaskStore store = running.get(pod).store();
        StorePod.await("all voters again", () -> store.status().voters().size() == 3);
        awaitEqual();
    }

    @Test
    void aBitThatFlippedInsideAValueIsNotServed() throws IOException {
        crash(1);
        flipABitOfTheWords(1);
        running.set(1, StorePod.start(layout, 1));
        assertRepaired(1);
    }

    @Test
    void whatWasFoundIsNotForgottenWhereItCanNotBeRepairedYet() {
        // The mark alone says it: a pod that was stopped in order would compare nothing.
        running.get(1).close();
        DamageMark.put(layout.data(1), "found before a crash");
        running.set(1, StorePod.start(layout, 1));
        assertRepaired(1);
    }

    @Test
    void whatShowsOnlyWhileAPodServesEndsItAndIsRepairedAtItsNextStart() throws IOException {
        // Two that crashed and differ: nobody can tell whose tables are right before one comes
        // who knows. Until then they serve, since they would wait for it in vain.
        crash(0);
        crash(1);
        running.get(2).close();
        flipABitOfTheWords(1);
        StorePod.Layout impatient = layout.with(IMPATIENT);
        running.set(0, StorePod.start(impatient, 0));
        running.set(1, StorePod.start(impatient, 1));
        StorePod wrong = running.get(1);
        assertFalse(running.get(0).store().tables().isProven());
        assertFalse(wrong.store().tables().isProven());
        assertEquals(List.of(), wrong.fatal());

        running.set(2, StorePod.start(layout, 2));
        StorePod.await("it is found out", () -> !wrong.fatal().isEmpty());
        String why = String.valueOf(wrong.fatal().getFirst().getMessage());
        assertTrue(why.contains("bits changed. Start this pod again"), why);
        assertTrue(Files.exists(layout.data(1).resolve("damaged")), "no crash makes it forget it");
        StorePod.await("it is right", () -> running.get(0).store().tables().isProven());
        wrong.close();
        running.set(1, StorePod.start(layout, 1));
        assertRepaired(1);
        assertEquals(List.of(), running.get(0).fatal());
        assertEquals(List.of(), running.get(2).fatal());
    }

    @Test
    void aPodThatCouldAskNobodyServesAndAsksLater() throws IOException {
        crash(1);
        running.get(0).close();
        running.get(2).close();
        running.set(1, StorePod.start(layout.with(IMPATIENT), 1));
        StorePod alone = running.get(1);
        assertFalse(alone.store().tables().isProven());

        running.set(0, StorePod.start(layout, 0));
        StorePod.await("it is known to be right", () -> alone.store().tables().isProven());
        running.set(2, StorePod.start(layout, 2));
        assertNothingWasSetAside();
        assertEquals(List.of(), alone.fatal());
    }

    @Test
    void podsThatCrashedComeUpWithTheSameTablesAndSayThatTheyAreRight() throws IOException {
        crash(1);
        crash(2);
        running.set(1, StorePod.start(layout, 1));
        running.set(2, StorePod.start(layout, 2));
        assertNothingWasSetAside();

        // All at once: nobody is there who knows.
        for (int pod = 0; pod < 3; pod++) {
            crash(pod);
        }
        running.clear();
        running.addAll(StorePod.startAll(layout));
        assertNothingWasSetAside();
    }

    private void assertNothingWasSetAside() {
        for (int pod = 0; pod < 3; pod++) {
            assertFalse(wasSetAside(pod));
            assertTrue(running.get(pod).store().tables().isProven());
        }
        awaitEqual();
    }

    @Test
    void whereAllCrashedTheOneThatIsUnlikeTheOthersIsRepaired() throws IOException {
        for (int pod = 0; pod < 3; pod++) {
            crash(pod);
        }
        flipABitOfTheWords(2);
        running.clear();
        running.addAll(StorePod.startAll(layout));
        assertRepaired(2);
        assertFalse(wasSetAside(0));
        assertFalse(wasSetAside(1));
        assertEquals(List.of(), running.get(0).fatal());
    }
}
