package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.identity.KnownLives;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.lane.Lanes;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.topology.TopologyRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
        assertEquals(1_000, numbers.floor("a").number());
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
        NodeNumbers.Floor floor = numbers.floor("a");
        assertEquals(1_000, floor.number());
        assertTrue(numbers.accept("a", floor, last + 1));
        assertEquals(last + 1, numbers.floor("a").number());
    }

    private void lives(String life) {
        long version = store.topology().get(ReadLevel.LOCAL).map(TopologyRow::version).orElse(0L);
        String lives = "{\"a\":{\"life\":\"" + life + "\",\"since_task\":-1}}";
        String json = "{\"cluster\":\"c\",\"lives\":" + lives + "}";
        store.topology().replace(json, version).orThrow();
    }

    private ShardState state() {
        return store.replicas().get(ReadLevel.LOCAL, 7, "a").orElseThrow().states().get(0);
    }

    /**
     * Shows: who found a node without its disk long ago, as a pod that was paused, puts nothing out
     * once it has begun a new life, in which it has everything again: not even where no other has.
     */
    @Test
    void whatANodeHasInItsNextLifeIsNotPutOutForTheOneBefore() {
        ShardStates all = ShardStates.all(1, ShardState.IN_SYNC);
        store.replicas().mark(new ReplicaRow(7, "a", all, 0)).orThrow();
        lives("first");
        NodeNumbers marked = new NodeNumbers(store, _ -> new KnownLives.Life("first", -1));
        NodeNumbers.Floor floor = marked.floor("a");
        lives("second");
        assertFalse(marked.accept("a", floor, 3));
        assertEquals(ShardState.IN_SYNC, state());
        // A change of something else in the topology is none of the node.
        lives("first");
        assertFalse(marked.accept("a", floor, 3));
        assertEquals(ShardState.OUT, state());
    }

    /** Shows: several lanes of several pods that find it out at once don't hinder each other. */
    @Test
    void whoFindsItOutAtTheSameTimePutsOutTheSame() throws Exception {
        int indexes = 60;
        ShardStates all = ShardStates.all(4, ShardState.IN_SYNC);
        for (int incarnation = 1; incarnation <= indexes; incarnation++) {
            store.replicas().mark(new ReplicaRow(incarnation, "a", all, 0)).orThrow();
        }
        lives("first");
        NodeNumbers.Floor floor = numbers.floor("a");
        List<Callable<Boolean>> pods = new ArrayList<>();
        for (int pod = 0; pod < 12; pod++) {
            NodeNumbers its = new NodeNumbers(store, _ -> null);
            pods.add(() -> its.accept("a", floor, 3));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> taken : threads.invokeAll(pods)) {
                assertFalse(taken.get());
            }
        }
        for (ReplicaRow row : store.replicas().list(ReadLevel.LOCAL)) {
            assertEquals(ShardStates.all(4, ShardState.OUT), row.states());
            assertEquals(2, row.version(), "marked once");
        }
    }

    @Test
    void aNodeThatBeginsAnewTwiceIsFoundOutTwice() {
        task(Map.of(), Map.of("a", NodeNumbers.BEGAN_ANEW));
        task(Map.of("a", 7L), Map.of());
        assertFalse(numbers.accept("a", numbers.floor("a"), 7));
    }
}
