package io.miroir.capability.partitioned.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.fanout.copy.ShardDigest;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The majority of copies wins; without one nothing is believed (protocol rules 16 and 17). */
class VerifyPlanTest {
    private static final ShardDigest A = new ShardDigest(1, 11);
    private static final ShardDigest B = new ShardDigest(1, 12);

    @Test
    void copiesThatAgreeAreBelieved() {
        VerifyPlan plan = plan(rows("44", "44"), List.of(A, B), List.of(A, B));
        assertEquals(states("11", "11"), states(plan));
        assertEquals(List.of(), plan.undecided());
    }

    @Test
    void theCopyThatDiffersFromTwoIsOut() {
        VerifyPlan plan = plan(rows("4", "4", "4"), List.of(A), List.of(B), List.of(A));
        assertEquals(states("1", "3", "1"), states(plan));
    }

    @Test
    void withoutAMajorityNothingIsBelieved() {
        VerifyPlan plan = plan(rows("44", "44"), List.of(A, A), List.of(B, A));
        assertEquals(states("41", "41"), states(plan));
        assertEquals(List.of(0), plan.undecided());
        // One of two that does not answer might be the one that is right.
        VerifyPlan half = VerifyPlan.of(rows("4", "4"), Map.of("n0", List.of(A)));
        assertEquals(List.of(), half.rows());
        assertEquals(List.of(0), half.undecided());
    }

    @Test
    void theOnlyCopyIsItsOwnMajority() {
        VerifyPlan plan = plan(rows("40", "04"), List.of(A, A), List.of(B, B));
        assertEquals(states("10", "01"), states(plan));
    }

    @Test
    void whatIsWrittenToMeanwhileIsLeftToRepair() {
        VerifyPlan plan = plan(rows("1", "4"), List.of(A), List.of(A));
        assertEquals(List.of(), plan.rows());
        assertEquals(List.of(), plan.undecided());
    }

    @SafeVarargs
    private static VerifyPlan plan(List<ReplicaRow> rows, List<ShardDigest>... digests) {
        Map<String, List<ShardDigest>> told = new TreeMap<>();
        for (int i = 0; i < digests.length; i++) {
            told.put("n" + i, digests[i]);
        }
        return VerifyPlan.of(rows, told);
    }

    private static List<ReplicaRow> rows(String... states) {
        List<ReplicaRow> rows = new ArrayList<>();
        for (int i = 0; i < states.length; i++) {
            rows.add(new ReplicaRow(1, "n" + i, shards(states[i]), 5));
        }
        return rows;
    }

    private static List<ShardStates> states(String... states) {
        return rows(states).stream().map(ReplicaRow::states).toList();
    }

    private static List<ShardStates> states(VerifyPlan plan) {
        return plan.rows().stream().map(ReplicaRow::states).toList();
    }

    private static ShardStates shards(String codes) {
        byte[] bytes = new byte[codes.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (codes.charAt(i) - '0');
        }
        return ShardStates.of(bytes);
    }
}
