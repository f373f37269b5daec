package io.miroir.fanout.lane;

import io.miroir.fanout.Nodes;
import io.miroir.store.task.TaskRow;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Which nodes have applied a write, for reads of any pod that must see it: a task that has not
 * ended may be applied by some. Asks nobody while no read waits, and each node once for all that
 * do.
 */
public final class AppliedWatch implements NodePoller.Listener, AutoCloseable {
    private final Pollers pollers;
    private final Map<Long, Followed> followed = new ConcurrentHashMap<>();
    private final Object changed = new Object();
    private long changes;

    /** Will ask these nodes. */
    public AppliedWatch(Nodes nodes) {
        this.pollers = new Pollers(nodes, this);
    }

    /** Begins to ask. */
    public void start() {
        pollers.start();
    }

    /** A task that somebody waits for. */
    private static final class Followed {
        private final Tracked task;
        private final Set<String> applied = ConcurrentHashMap.newKeySet();
        private int waiting;

        Followed(Tracked task) {
            this.task = task;
        }
    }

    /** One read's interest in a task, until it is closed. */
    public final class Following implements AutoCloseable {
        private final Followed on;

        private Following(Followed on) {
            this.on = on;
        }

        /** The nodes that took the write and are not known to have applied it. */
        public Set<String> behind() {
            Set<String> behind = new HashSet<>(on.task.accepted().keySet());
            behind.removeAll(on.applied);
            return behind;
        }

        @Override
        public void close() {
            leave(on.task.uid());
        }
    }

    /**
     * Follows a task on the nodes.
     *
     * @return empty if what nodes say does not tell when reads see it: only its end does
     */
    public Optional<Following> follow(TaskRow row) {
        Optional<Tracked> task =
                row.origin() == null
                        ? Optional.empty()
                        : Tracked.of(row, row.origin().epoch()).filter(AppliedWatch::isToldByNodes);
        return task.map(found -> new Following(join(found)));
    }

    /** Waits until a node has told something new, or for so long. */
    public void awaitChange(long millis) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (changed) {
            long before = changes;
            while (changes == before) {
                long leftMillis = (giveUpNanos - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    return;
                }
                changed.wait(leftMillis);
            }
        }
    }

    /** Tasks that reads wait for. */
    public int followed() {
        return followed.size();
    }

    private static boolean isToldByNodes(Tracked task) {
        return task.type().changesDocuments()
                && !task.accepted().isEmpty()
                && !task.details().creates()
                && task.details().error() == null;
    }

    private Followed join(Tracked task) {
        return followed.compute(
                task.uid(),
                (_, known) -> {
                    Followed on = known == null ? new Followed(task) : known;
                    if (on.waiting++ == 0) {
                        pollers.follow(on.task);
                    }
                    return on;
                });
    }

    private void leave(long taskUid) {
        followed.computeIfPresent(
                taskUid,
                (_, on) -> {
                    if (--on.waiting > 0) {
                        return on;
                    }
                    pollers.forget(on.task);
                    return null;
                });
    }

    @Override
    public void began(List<Tracked> tasks) {}

    // What failed or is lost stays behind: the task's end puts it out.
    @Override
    public void ended(Tracked task, String nodeId, NodeResult result) {
        Followed on = followed.get(task.uid());
        if (on != null && result instanceof NodeResult.Succeeded) {
            on.applied.add(nodeId);
            synchronized (changed) {
                changes++;
                changed.notifyAll();
            }
        }
    }

    @Override
    public void close() {
        pollers.close();
    }
}
