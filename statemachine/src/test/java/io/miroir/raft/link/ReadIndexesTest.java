package io.miroir.raft.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;

/** Whose word lets a leader answer a linearizable read; it reaches nobody here. */
class ReadIndexesTest {
    private static final RaftGroupId GROUP = RaftGroupId.valueOf(new UUID(1, 2));
    private static final long COMMITTED = 42;
    private static final long TERM = 5;

    /** Terms that the leader is in when it is looked at, the last one from then on. */
    private final List<Long> terms = new ArrayList<>(List.of(TERM));

    private boolean leads = true;
    private Voters voters = new Voters(ids("a", "b", "c"), List.of());
    private final ReadIndexes indexes =
            new ReadIndexes(
                    RaftPeerId.valueOf("a"),
                    _ -> new Leader(),
                    new Links("a", new Sockets(Optional.empty()), Map.of()),
                    1_000);

    private final class Leader implements Standing {
        @Override
        public long term() {
            return terms.size() > 1 ? terms.removeFirst() : terms.getFirst();
        }

        @Override
        public boolean leads() {
            return leads;
        }

        @Override
        public long committedIndex() {
            return COMMITTED;
        }

        @Override
        public Voters voters() {
            return voters;
        }
    }

    private static List<RaftPeerId> ids(String... ids) {
        return Stream.of(ids).map(RaftPeerId::valueOf).toList();
    }

    private CompletableFuture<Long> asks(String pod, long term) throws IOException {
        return indexes.current(ReadIndexes.asking(GROUP, RaftPeerId.valueOf(pod), term));
    }

    private static void isRefused(CompletableFuture<Long> answer) {
        ExecutionException refused = assertThrows(ExecutionException.class, answer::get);
        assertTrue(refused.toString().contains("term"), refused.toString());
    }

    @Test
    void aFollowerInTheLeadersTermIsTheMajorityWithIt() throws Exception {
        assertEquals(COMMITTED, asks("b", TERM).get());
        assertEquals(COMMITTED, asks("c", TERM).get());
    }

    @Test
    void oneOfAnotherTermIsNot() throws Exception {
        // Of a later one: it has voted for somebody, or follows him already.
        isRefused(asks("b", TERM + 1));
        isRefused(asks("b", TERM - 1));
    }

    @Test
    void whoHasNoVoteIsNot() throws Exception {
        isRefused(asks("listener", TERM));
        isRefused(asks("a", TERM));
        // As pods of earlier versions ask.
        RaftRpcRequestProto old =
                ReadIndexes.asking(GROUP, RaftPeerId.valueOf("b"), 0).toBuilder()
                        .clearRequestorId()
                        .build();
        isRefused(indexes.current(old));
    }

    @Test
    void ofFiveVotersTwoAreTooFew() throws Exception {
        voters = new Voters(ids("a", "b", "c", "d", "e"), List.of());
        isRefused(asks("b", TERM));
    }

    @Test
    void whileMembersChangeItTakesAMajorityOfBothSets() throws Exception {
        voters = new Voters(ids("a", "b", "c"), ids("a", "d", "e"));
        isRefused(asks("b", TERM));
        voters = new Voters(ids("a", "b", "c"), ids("a", "b", "e"));
        assertEquals(COMMITTED, asks("b", TERM).get());
        assertEquals(
                List.of("a", "b", "c", "e"), voters.all().stream().map(Object::toString).toList());
    }

    @Test
    void aLeaderAloneAnswersForItselfOnlyIfItIsTheOnlyVoter() throws Exception {
        isRefused(indexes.current(GROUP));
        voters = new Voters(ids("a"), List.of());
        assertEquals(COMMITTED, indexes.current(GROUP).get());
    }

    @Test
    void whatIsConfirmedInALaterTermIsNoAnswerForAnEarlierOne() throws Exception {
        voters = new Voters(ids("a"), List.of());
        // The asker's, the leader's at that moment, the leader's when the round begins.
        terms.addAll(0, List.of(TERM - 2, TERM - 1));
        isRefused(indexes.current(GROUP));
        assertEquals(COMMITTED, indexes.current(GROUP).get());
    }

    @Test
    void whoDoesNotLeadSaysSo() {
        leads = false;
        assertThrows(IOException.class, () -> asks("b", TERM));
        assertThrows(IOException.class, () -> indexes.current(GROUP));
    }
}
