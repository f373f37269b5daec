package io.miroir.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.core.filter.Filter;
import io.miroir.core.filter.FilterParser;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ShardSet;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeyNarrowingTest {
    private static final int SHARDS = 64;

    /** Shows: keys under AND narrow; OR, NOT and other fields don't. */
    @Test
    void narrowsWhereItIsSafe() {
        assertEquals(shardsOf("42"), narrowed("id = 42"));
        assertEquals(shardsOf("42"), narrowed("price > 3 AND (id = 42 AND brand = x)"));
        assertEquals(shardsOf("1", "2", "30"), narrowed("id IN [1, 2, '30']"));
        assertEquals(shardsOf("2"), narrowed("id IN [1, 2] AND id IN [2, 3]"));
        assertEquals(shardsOf("1", "2"), narrowed("id = 1 OR id = 2"));
        assertEquals(shardsOf("12-3_4"), narrowed("id = '12-3_4'"));
        assertEquals(Optional.empty(), narrowed("id = 1 OR brand = x"));
        assertEquals(Optional.empty(), narrowed("NOT id = 1"));
        assertEquals(Optional.empty(), narrowed("id != 1"));
        assertEquals(Optional.empty(), narrowed("id > 1"));
        assertEquals(Optional.empty(), narrowed("brand = 1"));
        assertEquals(Optional.empty(), narrowed("id IN [1,2,3,4,5]"));
    }

    /** Shows: every key that a node would match is in the shards, in whatever spelling. */
    @Test
    void thinksOfAllSpellings() {
        // Nodes compare without regard to case: "AB" also matches the key ab.
        assertEquals(Optional.empty(), narrowed("id = AB"));
        assertEquals(Optional.empty(), narrowed("id = 1e3"));
        assertEquals(Optional.empty(), narrowed("id = 4.0"));
        // As a number, 042 is also the key 42.
        assertEquals(shardsOf("042", "42"), narrowed("id = 042"));
        assertEquals(shardsOf("-7"), narrowed("id = -7"));
        // Numbers that are one double are one value.
        assertEquals(Optional.empty(), narrowed("id = 9007199254740993"));
        assertEquals(Optional.empty(), narrowed("id = 123456789012345678901"));
    }

    @Test
    void switchedOffItNarrowsNothing() {
        assertEquals(Optional.empty(), narrowed("id = 42", 0));
        assertEquals(Optional.empty(), narrowed("id IN [1]", 0));
        assertEquals(shardsOf("42"), narrowed("id = 42", 1));
    }

    private static Optional<ShardSet> narrowed(String filter) {
        return narrowed(filter, 4);
    }

    private static Optional<ShardSet> narrowed(String filter, int literalsMax) {
        Filter parsed = Objects.requireNonNull(FilterParser.parse(filter));
        return KeyNarrowing.shards(parsed, "id", SHARDS, literalsMax);
    }

    private static Optional<ShardSet> shardsOf(String... keys) {
        return Optional.of(
                ShardSet.of(
                        Stream.of(keys).mapToInt(key -> Rendezvous.shard(key, SHARDS)).toArray()));
    }
}
