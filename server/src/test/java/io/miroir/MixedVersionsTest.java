package io.miroir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.miroir.cli.fleet.Ports;
import io.miroir.cli.fleet.PortsApart;
import io.miroir.cluster.member.StartRefusedException;
import io.miroir.proto.store.Command;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.Role;
import io.miroir.store.format.CommandFormats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rolling upgrade to a program that knows one format of commands more (rule 20). Its news are a
 * command that this program has: that aliases are deleted.
 */
class MixedVersionsTest {
    private static final FieldDescriptor NEWS =
            Command.getDescriptor().findFieldByNumber(Command.DELETE_ALIAS_FIELD_NUMBER);
    private static final int BEFORE = CommandFormats.OF_THIS_PROGRAM.known();
    private static final int FORMAT = BEFORE + 1;
    private static final CommandFormats LATER = program(FORMAT);
    private static final CommandFormats EARLIER = program(BEFORE);

    private final Ports free = PortsApart.make();
    private final Map<Integer, StorePod> running = new TreeMap<>();

    @TempDir Path dir;

    private static CommandFormats program(int known) {
        return new CommandFormats(
                known, field -> field.equals(NEWS) ? FORMAT : CommandFormats.declared(field));
    }

    @AfterEach
    void stopAll() {
        running.values().forEach(StorePod::close);
    }

    private StorePod.Layout layout(List<List<Integer>> known, int pods) {
        List<List<Integer>> ports = new ArrayList<>(known);
        while (ports.size() < pods) {
            ports.add(List.of(free.free(), free.free()));
        }
        return new StorePod.Layout(dir, ports);
    }

    private void start(StorePod.Layout layout, int pod, CommandFormats program) {
        running.put(pod, StorePod.start(layout, pod, program));
    }

    private void stop(int pod) {
        StorePod stopped = running.remove(pod);
        if (stopped != null) {
            stopped.close();
        }
    }

    private void restart(StorePod.Layout layout, int pod, CommandFormats program) {
        stop(pod);
        start(layout, pod, program);
        leader();
    }

    private StorePod leader() {
        List<StorePod> leaders = new ArrayList<>();
        StorePod.await(
                "a leader",
                () -> {
                    running.values().stream()
                            .filter(pod -> pod.store().status().role() == Role.LEADER)
                            .forEach(leaders::add);
                    return !leaders.isEmpty();
                });
        return leaders.getFirst();
    }

    private void awaitFormat(int format) {
        for (StorePod pod : running.values()) {
            StorePod.await(
                    "format " + format, () -> pod.store().clusterFormat().current() == format);
        }
    }

    private void assertNothingOfItIsLogged() {
        leader().raiseFormat();
        for (StorePod pod : running.values()) {
            assertEquals(BEFORE, pod.store().clusterFormat().current());
            Reply.Refused<?> refused =
                    assertInstanceOf(Reply.Refused.class, pod.store().aliases().delete("nobody"));
            assertInstanceOf(Refusal.Rejected.class, refused.refusal());
        }
    }

    private static String refusal(Runnable start) {
        return String.valueOf(assertThrows(StartRefusedException.class, start::run).getMessage());
    }

    @Test
    void newsAreUsedWhenTheLastMemberIsUpgradedAndNoEarlierProgramComesBack() {
        StorePod.Layout layout = layout(List.of(), 4);
        StorePod.Layout founders = new StorePod.Layout(dir, layout.ports().subList(0, 3));
        List<StorePod> first = StorePod.startAll(founders, EARLIER);
        for (int pod = 0; pod < first.size(); pod++) {
            running.put(pod, first.get(pod));
        }
        start(layout, 3, EARLIER);
        // What all of them know from the beginning.
        awaitFormat(BEFORE);

        restart(founders, 0, LATER);
        assertNothingOfItIsLogged();
        restart(founders, 1, LATER);
        restart(founders, 2, LATER);
        // A listener has no vote, but it applies what is logged; and it may come back as it was.
        assertNothingOfItIsLogged();
        stop(3);
        assertNothingOfItIsLogged();
        start(layout, 3, LATER);
        awaitFormat(FORMAT);
        for (StorePod pod : running.values()) {
            assertInstanceOf(Reply.Applied.class, pod.store().aliases().delete("nobody"));
            assertEquals(List.of(), pod.fatal());
        }

        stop(3);
        String back = refusal(() -> start(layout, 3, EARLIER));
        assertTrue(back.contains("the program of pod-3 knows commands up to format"), back);
        start(layout, 3, LATER);

        StorePod.Layout wider = layout(layout.ports(), 5);
        String newcomer = refusal(() -> start(wider, 4, EARLIER));
        assertTrue(newcomer.contains("the program of pod-4"), newcomer);
        start(wider, 4, LATER);
        awaitFormat(FORMAT);
    }
}
