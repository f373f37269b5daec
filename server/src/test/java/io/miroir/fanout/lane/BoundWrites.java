package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Map;

/** What lanes intend and bind, without the nodes. */
public final class BoundWrites {
    private BoundWrites() {}

    /**
     * Makes a task of a write.
     *
     * @param accepted the number that each node gave to it
     * @param missed why other nodes have not taken it
     */
    public static void bind(
            TaskStore store,
            String lane,
            long epoch,
            Map<String, Long> accepted,
            Map<String, String> missed) {
        var intended = intend(store, lane, epoch, "x", List.of());
        var bind =
                new Bind(
                        lane,
                        epoch,
                        intended.position(),
                        TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                        "{}",
                        accepted,
                        Map.of(),
                        missed,
                        Map.of(),
                        null,
                        null,
                        List.of(),
                        null);
        assertInstanceOf(Lanes.Binding.Bound.class, store.lanes().bind(bind).orThrow());
    }

    /** Keeps up to where nodes were read when a lane was taken over with something left in it. */
    public static void takeOver(TaskStore store, IndexRow index, Takeover takeover) {
        takeover.keep(store, "p", index);
    }

    /**
     * Says what is about to be sent of the index that is called as its lane.
     *
     * @param nodes that it is sent to
     */
    public static Lanes.Intention.Intended intend(
            TaskStore store, String lane, long epoch, String operation, List<String> nodes) {
        var intend =
                new Intend(
                        lane,
                        epoch,
                        operation,
                        lane,
                        "ab".repeat(32),
                        null,
                        0,
                        null,
                        Intend.ALLOT,
                        nodes,
                        List.of());
        return assertInstanceOf(
                Lanes.Intention.Intended.class, store.lanes().intend(intend).orThrow());
    }
}
