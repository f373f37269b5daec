package io.miroir.fanout.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.topology.ShardSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyMarksTest {
    private static final int SHARDS = 8;

    /** Shows: what a copy and a deletion carry names their shards, and no other ones. */
    @Test
    void marksNameTheirShards() {
        ShardSet some = ShardSet.of(0, 5, 7);
        assertEquals(some, CopyMarks.shards(CopyMarks.copy(12, some), SHARDS));
        assertEquals(some, CopyMarks.shards(CopyMarks.deletion(some), SHARDS));
    }

    /** Shows: what does not say it may change all, as what an earlier build sent. */
    @Test
    void whatNamesNoneMayChangeAll() {
        for (String carried :
                List.of("miroir-copy:1:12", "miroir-move", "miroir-move/", "miroir-accept-loss")) {
            assertTrue(CopyMarks.isOurs(carried));
            assertEquals(ShardSet.all(SHARDS), CopyMarks.shards(carried, SHARDS), carried);
        }
    }

    /** Shows: a mark is never longer than nodes take. */
    @Test
    void tooManyShardsAreNotNamed() {
        int many = 65_536;
        String carried = CopyMarks.copy(1, ShardSet.all(many));
        assertEquals(CopyMarks.ofClaim(1), carried);
        assertEquals(ShardSet.all(many), CopyMarks.shards(carried, many));
    }
}
