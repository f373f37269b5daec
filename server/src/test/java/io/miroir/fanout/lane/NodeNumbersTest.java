package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.TaskStore;
import io.miroir.store.lane.Lanes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which numbers a node may give (protocol, rule 15). Node {@code a} gave 1,000 while {@code
 * numbers}, a pod's memory, was there.
 */
class NodeNumbersTest {
    @TempDir Path directory;

    private TaskStore store;
    private NodeNumbers numbers;
    private long epoch;

    @BeforeEach
    void open() throws IOException {
        store = LaneFixture.openStore(directory);
        epoch =
                assertInstanceOf(Lanes.Claim.Claimed.class, store.lanes().claim("i", "p").orThrow())
                        .epoch();
        task(Map.of("a", 1_000L), Map.of());
        numbers = new NodeNumbers(store, _ -> null);
        assertEquals(1_000, numbers.floor("a"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void task(Map<String, Long> accepted, Map<String, String> missed) {
        BoundWrites.bind(store, "i", epoch, accepted, missed);
    }

    /** What the pod knows holds, though the store's newest tasks know nothing of the node. */
    @Test
    void tasksThatDontNameTheNodeDontLowerTheFloor() {
        for (long i = 0; i <= NodeNumbers.BEGAN_LOOK_TASKS_MAX; i++) {
            task(Map.of("b", i), Map.of());
        }
        assertFalse(numbers.accept("a", numbers.floor("a"), 0));
    }

    @Test
    void aNumberThatWasGivenIsRefusedAndHigherOnesAreNot() {
        assertTrue(numbers.accept("a", numbers.floor("a"), 1_001));
        assertFalse(numbers.accept("a", numbers.floor("a"), 1_001));
        // It began anew with this one: from here on it counts up again.
        assertTrue(numbers.accept("a", numbers.floor("a"), 1_002));
    }

    /** Another pod saw it begin anew and put it out: what it has since is whole. */
    @Test
    void whereAnotherPodFoundItOutTheNumbersSinceCount() {
        task(Map.of(), Map.of("a", NodeNumbers.BEGAN_ANEW));
        long last = NodeNumbers.LOOK_TASKS_MAX + 1;
        for (long number = 1; number <= last; number++) {
            task(Map.of("a", number), Map.of());
        }
        long floor = numbers.floor("a");
        assertEquals(1_000, floor);
        assertTrue(numbers.accept("a", floor, last + 1));
        assertEquals(last + 1, numbers.floor("a"));
    }

    @Test
    void aNodeThatBeginsAnewTwiceIsFoundOutTwice() {
        task(Map.of(), Map.of("a", NodeNumbers.BEGAN_ANEW));
        task(Map.of("a", 7L), Map.of());
        assertFalse(numbers.accept("a", numbers.floor("a"), 7));
    }
}
