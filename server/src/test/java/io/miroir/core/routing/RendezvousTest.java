package io.miroir.core.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.GoldenFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {
    private static final int SHARDS = 4_096;

    /** Shows: shards are as in the golden vectors (protocol, "Hash bytes"). */
    @Test
    void shardsAreGolden() {
        for (String[] line : GoldenFile.lines("shards.tsv")) {
            assertEquals(
                    Integer.parseInt(line[2]),
                    Rendezvous.shard(line[0], Integer.parseInt(line[1])),
                    line[0]);
        }
    }

    /** Shows: node scores and ranks are as in the golden vectors (protocol, "Hash bytes"). */
    @Test
    void scoresAndRanksAreGolden() {
        for (String[] line : GoldenFile.lines("scores.tsv")) {
            assertEquals(
                    line[2],
                    Long.toUnsignedString(Rendezvous.score(Integer.parseInt(line[0]), line[1])),
                    line[1]);
        }
        for (String[] line : GoldenFile.lines("ranks.tsv")) {
            List<String> nodes = List.of(line[1].split(",", -1));
            List<String> shuffled = nodes.stream().sorted().toList();
            assertEquals(nodes, Rendezvous.rank(Integer.parseInt(line[0]), shuffled));
        }
    }

    /** Shows: shards spread evenly, and a sixth node takes about a sixth, all to itself. */
    @Test
    void aNewNodeMovesOnlyWhatItGains() {
        List<String> five = nodes(5);
        List<String> six = nodes(6);
        int moved = 0;
        int[] load = new int[5];
        for (int shard = 0; shard < SHARDS; shard++) {
            String before = Rendezvous.rank(shard, five).getFirst();
            String after = Rendezvous.rank(shard, six).getFirst();
            load[five.indexOf(before)]++;
            if (!before.equals(after)) {
                assertEquals("node-5", after, "a shard moved between nodes that stayed");
                moved++;
            }
        }
        assertShare(SHARDS / 6.0, moved);
        for (int shards : load) {
            assertShare(SHARDS / 5.0, shards);
        }
    }

    /** Shows: a node that leaves moves its own replicas only, RF/N of them, each by one place. */
    @Test
    void aLeavingNodeMovesOnlyWhatItHad() {
        List<String> six = nodes(6);
        List<String> five = six.stream().filter(node -> !node.equals("node-2")).toList();
        int moved = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            List<String> before = Rendezvous.rank(shard, six).subList(0, 2);
            List<String> after = new ArrayList<>(Rendezvous.rank(shard, five).subList(0, 2));
            if (before.contains("node-2")) {
                moved++;
                after.removeAll(before);
                assertEquals(1, after.size(), "one copy must be made anew");
            } else {
                assertEquals(before, after);
            }
        }
        assertShare(SHARDS * 2 / 6.0, moved);
    }

    private static List<String> nodes(int count) {
        return IntStream.range(0, count).mapToObj(i -> "node-" + i).toList();
    }

    private static void assertShare(double expected, int actual) {
        assertTrue(
                Math.abs(actual - expected) < expected * 0.12, actual + " instead of " + expected);
    }
}
