package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.miroir.api.Json;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What pollers told of tasks, in that order. */
final class EndedTasks implements NodePoller.Listener {
    private static final long PATIENCE_SECONDS = 60;

    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private final AtomicInteger begun = new AtomicInteger();

    /** A task is over on a node. */
    record Ended(Tracked task, String nodeId, NodeResult result) {}

    /** A deletion of index {@code m5} that node {@code a} took as its task 7. */
    static Tracked task(long uid, long position) {
        Place place = new Place("movies", 3, position, 5);
        return new Tracked(
                uid,
                place,
                TaskType.DOCUMENT_DELETION,
                Details.of(Json.object()),
                Map.of("a", 7L),
                place.metadata());
    }

    @Override
    public void began(List<Tracked> tasks) {
        begun.addAndGet(tasks.size());
    }

    @Override
    public void ended(Tracked task, String nodeId, NodeResult result) {
        ended.add(new Ended(task, nodeId, result));
    }

    /** The next one, which is waited for. */
    Ended next() throws InterruptedException {
        Ended next = ended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(next);
        return next;
    }

    /** How often a node was told to work on one. */
    int begun() {
        return begun.get();
    }

    /** One that is told already and not taken; null if there is none. */
    @Nullable Ended waiting() {
        return ended.peek();
    }
}
