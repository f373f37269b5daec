package io.miroir.raft.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.raft.link.AppendPlan.Next;
import io.miroir.raft.link.AppendPlan.State;
import io.miroir.raft.link.Unanswered.Sent;
import java.util.OptionalLong;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.Timestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a leader sends to a follower, from how it stands with it. */
class AppendPlanTest {
    private static final long NO_ENTRY = RaftLog.INVALID_LOG_INDEX;

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # why                               | due   | wait  | open | along | comm | told | its | awaited | rested | next
                    nothing moved                       | false | false | 0    | true  | 7    | 7    | 7   | 8       | false  | NOTHING
                    an entry came                       | false | true  | 0    | true  | 7    | 7    | 7   | 8       | false  | ENTRIES
                    more came before it answered        | false | true  | 15   | true  | 7    | 7    | 7   | 8       | false  | ENTRIES
                    as many are open as may             | false | true  | 16   | true  | 7    | 7    | 7   | 8       | false  | NOTHING
                    it was never heard                  | false | true  | 0    | false | 7    | -1   | -1  | 8       | false  | ENTRIES
                    it does not go along, one is open   | false | true  | 1    | false | 7    | -1   | 3   | 8       | false  | NOTHING
                    time for a heartbeat                | true  | false | 0    | true  | 7    | 7    | 7   | 8       | false  | HEARTBEAT
                    a heartbeat before entries          | true  | true  | 0    | true  | 7    | 7    | 7   | 8       | false  | HEARTBEAT
                    a heartbeat though all is open      | true  | true  | 16   | true  | 7    | 7    | 7   | 8       | false  | HEARTBEAT
                    it has all, and more is committed   | false | false | 0    | true  | 8    | 7    | 7   | 8       | false  | NEWS
                    it was told so already              | false | false | 0    | true  | 8    | 8    | 7   | 8       | false  | NOTHING
                    it committed it without being told  | false | false | 0    | true  | 8    | 7    | 8   | 8       | false  | NOTHING
                    it has not answered for it          | false | false | 1    | true  | 8    | 7    | 7   | 8       | false  | NOTHING
                    entries tell it                     | false | true  | 0    | true  | 8    | 7    | 7   | 8       | false  | ENTRIES
                    no room for the entries that tell   | false | true  | 16   | true  | 8    | 7    | 7   | 8       | false  | NOTHING
                    after a failure it is told anew     | false | false | 0    | false | 8    | -1   | 7   | 8       | false  | NEWS
                    nobody waits for it                 | false | false | 0    | true  | 8    | 7    | 7   | 7       | false  | NEWS_LATER
                    … but it has rested                 | false | false | 0    | true  | 8    | 7    | 7   | 7       | true   | NEWS
                    what is waited for was told before  | false | false | 0    | true  | 9    | 8    | 7   | 8       | false  | NEWS_LATER
                    … or it committed it untold         | false | false | 0    | true  | 9    | 7    | 8   | 8       | false  | NEWS_LATER
                    proposals of others are under way   | false | false | 0    | true  | 8    | 7    | 7   | 9999999 | false  | NEWS
                    nobody waits, but an entry tells it | false | true  | 0    | true  | 8    | 7    | 7   | 7       | true   | ENTRIES
                    """)
    void whatIsSentNext(
            String why,
            boolean due,
            boolean wait,
            long open,
            boolean along,
            long committed,
            long told,
            long its,
            long awaited,
            boolean rested,
            Next next) {
        assertEquals(
                next,
                AppendPlan.next(
                        new State(due, wait, open, along, committed, told, its, awaited, rested)),
                why);
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "6, 160", "7, 160", "1000000, 160"})
    void aFollowerThatIsAwayIsTriedLessAndLessOften(int failures, long millis) {
        assertEquals(millis, AppendPlan.pauseMillis(failures));
    }

    private static Sent sent(long firstIndex) {
        return new Sent(firstIndex, 100, Timestamp.currentTime());
    }

    @Test
    void whatWasNotAnsweredComesNextAgainFromItsFirstEntry() {
        Unanswered unanswered = new Unanswered();
        unanswered.add(1, sent(40));
        unanswered.add(2, sent(NO_ENTRY));
        unanswered.add(3, sent(44));
        assertEquals(2, unanswered.withEntries());
        assertEquals(300, unanswered.bytes());
        // The first was answered; the one that failed has later entries than one that is open.
        assertTrue(unanswered.remove(1));
        assertFalse(unanswered.remove(1), "twice");
        assertEquals(OptionalLong.of(44), unanswered.giveUp(sent(47)));
        assertEquals(0, unanswered.bytes());
        assertFalse(unanswered.remove(3), "given up");
    }

    @Test
    void heartbeatsThatFailMoveNothing() {
        Unanswered unanswered = new Unanswered();
        unanswered.add(1, sent(NO_ENTRY));
        assertEquals(OptionalLong.empty(), unanswered.giveUp(sent(NO_ENTRY)));
        assertEquals(OptionalLong.of(9), unanswered.giveUp(sent(9)));
        assertEquals(OptionalLong.empty(), unanswered.giveUp(null));
    }
}
