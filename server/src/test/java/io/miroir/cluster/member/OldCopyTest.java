package io.miroir.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.PodFacts;
import io.miroir.raft.Held;
import io.miroir.raft.Member;
import io.miroir.raft.link.Acknowledged;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whose word makes a sound disk an old copy. */
class OldCopyTest {
    private static final UUID CLUSTER = new UUID(1, 1);
    private static final PodIdentity DISK =
            new PodIdentity("pod-a", CLUSTER, new UUID(4, 4), PodIdentity.Stage.MEMBER);
    private static final Held HELD = new Held(5, 110, 5, 90);

    private static Greeted.Welcome says(UUID cluster, long commit, Optional<Acknowledged> word) {
        return new Greeted.Welcome(
                new PodFacts(
                        "pod-b", cluster, 1, true, "pod-b", List.of(), Map.of("pod-a", commit)),
                word);
    }

    private static Optional<String> judged(Greeted.Welcome... others) {
        return OldCopy.ofMember(DISK, HELD, List.of(others));
    }

    @Test
    void aLeadersWordIsProofByOneEntry() {
        Acknowledged one = new Acknowledged(5, 111, 5);
        String why = judged(says(CLUSTER, 0, Optional.of(one))).orElseThrow();
        assertTrue(why.contains("ends at entry 110"), why);
        assertTrue(why.contains("acknowledged entry 111 to pod-b"), why);
        Acknowledged all = new Acknowledged(5, 110, 5);
        assertEquals(Optional.empty(), judged(says(CLUSTER, 0, Optional.of(all))));
    }

    @Test
    void whatOthersHeardOfCommitsIsNoProofUntilItIsMuch() {
        assertEquals(Optional.empty(), judged(says(CLUSTER, 1_110, Optional.empty())));
        String why = judged(says(CLUSTER, 1_111, Optional.empty())).orElseThrow();
        assertTrue(why.contains("pod-b has heard of 1111"), why);
    }

    @Test
    void whatAnotherDiskHasAcknowledgedIsNotMissed() {
        // With that one the pod has joined since: this one is refused, not filled.
        Optional<Acknowledged> far = Optional.of(new Acknowledged(5, 9_000, 5));
        for (UUID disk : List.of(DISK.incarnation(), new UUID(5, 5))) {
            Member member = new Member("pod-a", "a:1", "a:2", disk.toString(), true);
            PodFacts facts =
                    new PodFacts("pod-b", CLUSTER, 1, true, "pod-b", List.of(member), Map.of());
            assertEquals(
                    disk.equals(DISK.incarnation()),
                    judged(new Greeted.Welcome(facts, far)).isPresent());
        }
    }

    @Test
    void anotherClusterSaysNothing() {
        Acknowledged far = new Acknowledged(5, 9_000, 5);
        assertEquals(Optional.empty(), judged(says(new UUID(2, 2), 9_000, Optional.of(far))));
    }
}
