package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.raft.EntryGroups.State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which entries are applied at once, and which share a transaction. */
class EntryGroupsTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # why                                | own   | wanted | behind | entries | commands | rests | ends
                    nobody waits for it, nor does more   | false | false  | 0      | 1       | 1        | true  | true
                    the next one is committed already    | false | false  | 1      | 1       | 1        | false | false
                    somebody waits                       | false | true   | 0      | 1       | 1        | false | true
                    somebody waits, and more comes       | false | true   | 7      | 3       | 9        | false | true
                    a leader's callers wait              | true  | false  | 0      | 1       | 1        | false | true
                    also where more comes                | true  | false  | 7      | 1       | 1        | false | true
                    one more fits                        | false | false  | 7      | 15      | 999      | false | false
                    as many entries as may               | false | false  | 7      | 16      | 16       | false | true
                    as many commands as may              | false | false  | 7      | 2       | 1000     | false | true
                    this pod has not heard of the commit | false | false  | -3     | 1       | 1        | true  | true
                    """)
    void whereATransactionBeginsAndEnds(
            String why,
            boolean own,
            boolean wanted,
            long behind,
            int entries,
            int commands,
            boolean rests,
            boolean ends) {
        State state = new State(own, wanted, behind);
        assertEquals(rests, EntryGroups.rests(state), why);
        assertEquals(ends, EntryGroups.ends(state, entries, commands), why);
    }
}
