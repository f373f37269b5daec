package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.IndexPattern;
import io.miroir.api.keys.SearchRules;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.store.task.IndexNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Lists show tasks of the indexes that a key may see, without a look at what indexes there are. */
class StoredTasksTest {
    private static final List<String> NAMES = List.of("a", "ab", "abc", "abd", "b", "ba", "c");
    private static final List<String> PATTERNS = List.of("a", "ab*", "abd", "a*", "b*", "ba", "c");

    @Test
    void aListIsOfTheIndexesThatItsKeyAllows() {
        Random random = new Random(1);
        int allowed = 0;
        for (int i = 0; i < 500; i++) {
            Access access = new Access(key(random), random.nextBoolean() ? null : rules(random));
            Map<String, String> asked =
                    random.nextBoolean() ? Map.of() : Map.of("indexUids", "ab,abd,b,unknown");
            IndexNames names =
                    Objects.requireNonNull(
                            StoredTasks.query(TasksQuery.list(asked), access).indexes());
            for (String name : NAMES) {
                boolean expected =
                        access.allows(name)
                                && (asked.isEmpty() || List.of("ab", "abd", "b").contains(name));
                assertEquals(expected, names.contains(name), name + " of " + access);
                allowed += expected ? 1 : 0;
            }
        }
        assertTrue(allowed > 500, Integer.toString(allowed));
    }

    @Test
    void whoMaySeeAllIsNotFilteredByNames() {
        assertNull(StoredTasks.query(TasksQuery.list(Map.of()), Access.full()).indexes());
    }

    private static ApiKey key(Random random) {
        Instant now = Instant.EPOCH;
        return new ApiKey(
                "6062abda-a5aa-4414-ac91-ecd7944c0f8d",
                new ApiKey.Label(null, null),
                new ApiKey.Grant(List.of(Action.TASKS_GET), patterns(random), null),
                now,
                now);
    }

    private static SearchRules rules(Random random) {
        Map<IndexPattern, JsonNode> rules = new HashMap<>();
        patterns(random).forEach(pattern -> rules.put(pattern, Json.object()));
        return new SearchRules(rules);
    }

    private static List<IndexPattern> patterns(Random random) {
        List<IndexPattern> patterns = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            patterns.add(new IndexPattern(PATTERNS.get(random.nextInt(PATTERNS.size()))));
        }
        return patterns;
    }
}
