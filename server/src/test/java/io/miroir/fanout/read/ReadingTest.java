package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.topology.ShardSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is made of several answers goes by the settings of all who gave them (rule 7). */
class ReadingTest {
    @Test
    void allWhoAnsweredWereAsked() {
        Coverage hits = from("a", ShardSet.of(2));
        Coverage document = from("b", ShardSet.none());
        Reading reading = Reading.of(Json.object(), hits, document);
        assertEquals(Set.of("a", "b"), reading.asked());
        assertEquals(ShardSet.of(2), reading.missing());
    }

    private static Coverage from(String node, ShardSet uncovered) {
        NodeShards asked = new NodeShards(node, ShardSet.of(0, 1), false);
        return new Coverage(
                List.of(new Coverage.Part(asked, Json.object())), uncovered, Optional.empty());
    }
}
