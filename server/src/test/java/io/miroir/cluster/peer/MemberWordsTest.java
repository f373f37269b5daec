package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.proto.peer.GreetReply;
import io.miroir.raft.Member;
import io.miroir.raft.link.Acknowledged;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Greetings between programs. */
class MemberWordsTest {
    private static final PodFacts FACTS =
            new PodFacts(
                    "pod-b",
                    new UUID(1, 1),
                    7,
                    true,
                    "pod-b",
                    List.of(new Member("pod-b", "b:1", "b:2", true)),
                    Map.of("pod-a", 9L));

    @Test
    void whatIsSaidIsHeard() {
        for (Optional<Acknowledged> word :
                List.of(Optional.<Acknowledged>empty(), Optional.of(new Acknowledged(5, -1, 0)))) {
            for (boolean reached : new boolean[] {true, false}) {
                Greeted said = new Greeted.Welcome(FACTS, word, true, reached);
                assertEquals(said, MemberWords.greeted(MemberWords.reply(said)));
            }
        }
        for (boolean another : new boolean[] {true, false}) {
            Greeted no = new Greeted.Refused("no", another);
            assertEquals(no, MemberWords.greeted(MemberWords.reply(no)));
        }
    }

    @Test
    void anEarlierProgramNeverTellsWhatWasAcknowledged() {
        GreetReply reply = MemberWords.reply(new Greeted.Welcome(FACTS, Optional.empty()));
        assertEquals(
                new Greeted.Welcome(FACTS, Optional.empty(), false, true),
                MemberWords.greeted(reply.toBuilder().clearTellsAcknowledged().build()));
    }

    @Test
    void anEarlierProgramNeverSaysThatItReachesNobody() {
        Greeted notReached = new Greeted.Welcome(FACTS, Optional.empty(), true, false);
        GreetReply reply = MemberWords.reply(notReached);
        assertEquals(
                new Greeted.Welcome(FACTS, Optional.empty()),
                MemberWords.greeted(reply.toBuilder().clearNotReached().build()));
    }
}
