package io.miroir.fanout.lane;

import java.util.List;
import java.util.Map;
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
        private final Tracked task;
        private final Map<String, NodeResult> results = new TreeMap<>();
        private final long sinceNanos = System.nanoTime();
        private boolean began;

        Entry(Tracked task) {
            this.task = task;
        }
    }

    /**
     * One of the oldest tasks and what is known of it.
     *
     * @param sinceNanos when it began to be followed, on this JVM's monotonic clock
     */
    record Head(Tracked task, Map<String, NodeResult> results, long sinceNanos) {}

    synchronized void add(Tracked task) {
        entries.put(task.place().position(), new Entry(task));
        rolling += task.rolls() ? 1 : 0;
    }

    synchronized void remove(Tracked task) {
        boolean known = entries.remove(task.place().position()) != null;
        rolling -= known && task.rolls() ? 1 : 0;
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
        if (entry != null) {
            entry.results.put(nodeId, result);
        }
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
