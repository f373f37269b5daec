package io.miroir.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.PodFacts;
import io.miroir.raft.Member;
import io.miroir.raft.link.Acknowledged;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** From whom a listener that runs believes that it is no member any more. */
class StruckOffTest {
    private static final Optional<Acknowledged> LEADS = Optional.of(new Acknowledged(3, -1, 0));

    private static Greeted.Welcome says(Optional<Acknowledged> leads, String... members) {
        List<Member> known =
                List.of(members).stream().map(id -> new Member(id, "a:1", "a:2", true)).toList();
        return new Greeted.Welcome(
                new PodFacts("pod-b", new UUID(1, 1), 1, true, "pod-b", known, Map.of()), leads);
    }

    @Test
    void onlyALeaderThatIsSureIsBelieved() {
        String why = StruckOff.told("pod-d", List.of(says(LEADS, "pod-b", "pod-c"))).orElseThrow();
        assertTrue(why.contains("empty data_dir"), why);
        assertEquals(
                Optional.empty(),
                StruckOff.told("pod-d", List.of(says(Optional.empty(), "pod-b", "pod-c"))));
        assertEquals(
                Optional.empty(), StruckOff.told("pod-d", List.of(says(LEADS, "pod-b", "pod-d"))));
    }
}
