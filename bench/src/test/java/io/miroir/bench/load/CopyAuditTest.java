package io.miroir.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every document that is not where it is to be is counted, and no other. */
class CopyAuditTest {
    private static final int DOCUMENTS = 40;
    private static final Topology LAYOUT =
            new Topology(8, 2, List.of(List.of("node-0", "node-1", "node-2")));

    private final Map<Long, Long> expected = new HashMap<>();
    private final Map<Long, Long> found = new HashMap<>();
    private final Map<String, Map<Long, Long>> onNodes = new TreeMap<>();

    @BeforeEach
    void allIsWell() {
        List.of("node-0", "node-1", "node-2").forEach(this::on);
        for (long id = 0; id < DOCUMENTS; id++) {
            expected.put(id, id % 3);
            found.put(id, id % 3);
            for (String node : holders(id)) {
                on(node).put(id, id % 3);
            }
        }
        assertEquals(new CopyAudit(0, 0, 0), audit(0));
    }

    @Test
    void whatIsMissingOrInAnOldVersionIsCounted() {
        found.remove(5L);
        found.put(7L, 0L);
        assertEquals(new CopyAudit(2, 0, 0), audit(0));
    }

    @Test
    void whatWasDeletedAndIsFoundOrWhatIsFoundTwiceIsCounted() {
        found.put(99L, 0L);
        assertEquals(new CopyAudit(0, 3, 0), audit(2));
    }

    @Test
    void aCopyThatIsMissingOrOldOrTooManyIsCounted() {
        on(holders(1).getFirst()).remove(1L);
        on(holders(2).getFirst()).put(2L, 77L);
        String other =
                onNodes.keySet().stream()
                        .filter(node -> !holders(3).contains(node))
                        .findAny()
                        .orElseThrow();
        on(other).put(3L, 0L);
        on("node-0").put(99L, 0L);
        assertEquals(new CopyAudit(0, 0, 4), audit(0));
    }

    @Test
    void whatNobodyKnowsOfIsNotJudged() {
        found.remove(5L);
        on("node-0").put(99L, 0L);
        assertEquals(new CopyAudit(0, 0, 0), audit(0, 5L, 99L));
    }

    private Map<Long, Long> on(String node) {
        return onNodes.computeIfAbsent(node, _ -> new HashMap<>());
    }

    private static List<String> holders(long id) {
        return LAYOUT.writeTargets(Rendezvous.shard(Long.toString(id), LAYOUT.shards()));
    }

    private CopyAudit audit(long doubled, Long... unsure) {
        Map<String, Inventory> nodes = new TreeMap<>();
        onNodes.forEach((node, versions) -> nodes.put(node, new Inventory(versions, 0)));
        return CopyAudit.of(
                new Expected(expected, Set.of(unsure), DOCUMENTS),
                new Inventory(found, doubled),
                nodes,
                LAYOUT);
    }
}
