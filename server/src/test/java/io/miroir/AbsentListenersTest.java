package io.miroir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.fleet.Ports;
import io.miroir.cli.fleet.PortsApart;
import io.miroir.cluster.member.StartRefusedException;
import io.miroir.raft.Member;
import io.miroir.store.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Listeners leave after an absence, voters never (rule 24). */
@Timeout(900)
class AbsentListenersTest {
    private static final long ABSENCE_S = 10;

    private final Ports free = PortsApart.make();
    private final List<StorePod> running = new ArrayList<>();

    @TempDir Path dir;

    @AfterEach
    void stopAll() {
        running.forEach(StorePod::close);
    }

    private StorePod keep(StorePod pod) {
        running.add(pod);
        return pod;
    }

    private void stop(StorePod pod) {
        running.remove(pod);
        pod.close();
    }

    private static List<String> members(StorePod of, boolean voters) {
        return of.store().membership().members().stream()
                .filter(member -> member.voter() == voters)
                .map(Member::id)
                .toList();
    }

    @Test
    void aListenerThatStaysAwayIsNoMemberAnyMoreAndAVoterIs() {
        List<List<Integer>> ports =
                Stream.generate(() -> List.of(free.free(), free.free())).limit(4).toList();
        StorePod.Layout voters = new StorePod.Layout(dir, ports.subList(0, 3), ABSENCE_S);
        StorePod.Layout all = new StorePod.Layout(dir, ports, ABSENCE_S);
        StorePod.startAll(voters).forEach(this::keep);
        StorePod stays = running.get(0);
        StorePod listener = keep(StorePod.start(all, 3));
        StorePod.await("it follows", () -> listener.store().status().role() == Role.LISTENER);
        StorePod.await("it is known", () -> members(stays, false).equals(List.of("pod-3")));

        // The voter is away for longer.
        stop(running.get(2));
        stop(listener);
        StorePod.await("the listener has left", () -> members(stays, false).isEmpty());
        assertEquals(List.of("pod-0", "pod-1", "pod-2"), members(stays, true));

        // Its disk is of a member that it is not; an empty one joins.
        StartRefusedException refused =
                assertThrows(StartRefusedException.class, () -> keep(StorePod.start(all, 3)));
        assertTrue(String.valueOf(refused.getMessage()).contains("empty data_dir"));
        StorePod again = keep(StorePod.start(all, 3, dir.resolve("another-disk"), ports.get(3)));
        StorePod.await("it follows", () -> again.store().status().role() == Role.LISTENER);

        // One that is there stays, however long that is.
        StorePod voter = keep(StorePod.start(voters, 2));
        StorePod.await(
                "equal tables", () -> voter.store().digests().equals(again.store().digests()));
        assertEquals(List.of("pod-3"), members(stays, false));
    }
}
