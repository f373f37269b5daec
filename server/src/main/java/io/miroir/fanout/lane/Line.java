package io.miroir.fanout.lane;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The followed tasks of one lane in their order, and what nodes said of them. */
final class Line {
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private int rolling;
    private boolean hasThread;
    private boolean again;

    private static final class Entry {
        private final @Nullable Merged merged;
        private final Map<String, NodeResult> results = new TreeMap<>();
        private final Map<String, NodeResult.Failed> doubts = new TreeMap<>();
        private final Set<String> settled = new HashSet<>();
        private final long sinceNanos = System.nanoTime();
        private Tracked task;
        private boolean began;

        Entry(Tracked task, @Nullable Merged merged) {
            this.task = task;
            this.merged = merged;
        }
    }

    /**
     * One of the oldest tasks and what is known of it.
     *
     * @param sinceNanos when it began to be followed, on this JVM's monotonic clock
     */
    record Head(Tracked task, Map<String, NodeResult> results, long sinceNanos) {}

    /**
     * A node did not apply a request that held others' writes as well: whether it is for this one
     * is not known yet.
     *
     * @param merged what can be sent again; null if nothing is held
     */
    record Doubt(Tracked task, String nodeId, NodeResult.Failed failed, @Nullable Merged merged) {}

    synchronized void add(Tracked task, @Nullable Merged merged) {
        if (merged != null) {
            merged.join();
        }
        entries.put(task.place().position(), new Entry(task, merged));
        rolling += task.rolls() ? 1 : 0;
    }

    synchronized void remove(Tracked task) {
        Entry known = entries.remove(task.place().position());
        if (known != null) {
            rolling -= task.rolls() ? 1 : 0;
            leave(known);
        }
    }

    /** Nobody follows it any more. */
    synchronized void leaveAll() {
        entries.values().forEach(Line::leave);
        entries.clear();
        rolling = 0;
    }

    private static void leave(Entry entry) {
        if (entry.merged != null) {
            entry.merged.leave();
        }
    }

    /** The settings that its tasks will have put in force when all are done; null if none does. */
    synchronized @Nullable ObjectNode comingSettings(long incarnation) {
        if (rolling == 0) {
            return null;
        }
        ObjectNode coming = null;
        for (Entry entry : entries.values()) {
            if (entry.task.rolls() && entry.task.place().incarnation() == incarnation) {
                coming = entry.task.details().settings();
            }
        }
        return coming;
    }

    synchronized boolean isEmpty() {
        return entries.isEmpty();
    }

    synchronized List<Tracked> all() {
        return entries.values().stream().map(entry -> entry.task).toList();
    }

    /** Whether it was told, or is being told, that the task began. */
    synchronized boolean hasBegun(Tracked task) {
        Entry entry = entries.get(task.place().position());
        return entry != null && entry.began;
    }

    /** It could not be told that the task began. */
    synchronized void notBegun(Tracked task) {
        Entry entry = entries.get(task.place().position());
        if (entry != null) {
            entry.began = false;
        }
    }

    /** True the first time that a node works on the task. */
    synchronized boolean began(Tracked task) {
        Entry entry = entries.get(task.place().position());
        if (entry == null || entry.began) {
            return false;
        }
        entry.began = true;
        return true;
    }

    synchronized void ended(Tracked task, String nodeId, NodeResult result) {
        Entry entry = entries.get(task.place().position());
        if (entry == null) {
            return;
        }
        boolean isOfWhole = entry.task.isMerged() && !entry.settled.contains(nodeId);
        if (isOfWhole && entry.merged != null) {
            entry.merged.told(nodeId, result);
        }
        if (isOfWhole && result instanceof NodeResult.Failed failed) {
            entry.doubts.put(nodeId, failed);
        } else {
            entry.results.put(nodeId, result);
        }
    }

    /** What is to be found out before tasks can end. */
    synchronized List<Doubt> doubts() {
        List<Doubt> all = new ArrayList<>();
        for (Entry entry : entries.values()) {
            entry.doubts.forEach(
                    (node, failed) -> all.add(new Doubt(entry.task, node, failed, entry.merged)));
        }
        return all;
    }

    /** So it ended on the node. */
    synchronized void settle(Doubt doubt, NodeResult result) {
        Entry entry = entries.get(doubt.task().place().position());
        if (entry != null && entry.doubts.remove(doubt.nodeId()) != null) {
            entry.settled.add(doubt.nodeId());
            entry.results.put(doubt.nodeId(), result);
        }
    }

    /** It was sent to the node again; the task as it is from here on. */
    synchronized Optional<Tracked> settle(Doubt doubt, long nodeTaskUid) {
        Entry entry = entries.get(doubt.task().place().position());
        if (entry == null || entry.doubts.remove(doubt.nodeId()) == null) {
            return Optional.empty();
        }
        entry.settled.add(doubt.nodeId());
        entry.task = entry.task.with(doubt.nodeId(), nodeTaskUid);
        return Optional.of(entry.task);
    }

    /** The oldest ones, in their order. */
    synchronized List<Head> heads(int max) {
        return entries.values().stream()
                .limit(max)
                .map(entry -> new Head(entry.task, Map.copyOf(entry.results), entry.sinceNanos))
                .toList();
    }

    /** True if the caller is to look at the line; else whoever does will look once more. */
    synchronized boolean wantsThread() {
        again = true;
        if (hasThread || entries.isEmpty()) {
            return false;
        }
        hasThread = true;
        again = false;
        return true;
    }

    /** True if nothing happened since the thread last looked: it may go. */
    synchronized boolean threadDone() {
        if (again) {
            again = false;
            return false;
        }
        hasThread = false;
        return true;
    }
}
