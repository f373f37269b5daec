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
            Greeted said = new Greeted.Welcome(FACTS, word);
            assertEquals(said, MemberWords.greeted(MemberWords.reply(said)));
        }
        Greeted no = new Greeted.Refused("no");
        assertEquals(no, MemberWords.greeted(MemberWords.reply(no)));
    }

    @Test
    void anEarlierProgramNeverTellsWhatWasAcknowledged() {
        GreetReply reply = MemberWords.reply(new Greeted.Welcome(FACTS, Optional.empty()));
        assertEquals(
                new Greeted.Welcome(FACTS, Optional.empty(), false),
                MemberWords.greeted(reply.toBuilder().clearTellsAcknowledged().build()));
    }
}
