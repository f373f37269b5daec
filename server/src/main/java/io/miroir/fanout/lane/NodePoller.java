package io.miroir.fanout.lane;

import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks one node what became of its tasks, for all lanes together. Sleeps while there are none. */
final class NodePoller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodePoller.class);
    private static final int ASKED_MAX = 100;

    /** Asked for while the node works on one of them: it works on the oldest first. */
    private static final int OLDEST_MAX = 10;

    private static final long PAUSE_MILLIS_MIN = 10;
    private static final long PAUSE_MILLIS_MAX = 500;

    /**
     * A client hears of an end within 50 ms, of which the store and the leases take some; of that
     * of long work later, by {@link #WORK_PER_PAUSE}.
     */
    private static final long WORKING_PAUSE_MILLIS_MAX = 35;

    /** A wait is this part of the time that the node has worked on the task, if that is more. */
    private static final long WORK_PER_PAUSE = 50;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final String nodeId;
    private final Nodes nodes;
    private final Listener listener;
    private final ConcurrentSkipListMap<Long, List<Tracked>> pending =
            new ConcurrentSkipListMap<>();

    /** Those that the node was said to work on; only the thread's. */
    private final Map<Long, List<Tracked>> toldBegun = new HashMap<>();

    private final Semaphore newWork = new Semaphore(0);
    private final Thread thread;
    private volatile boolean givenUp;

    /** What a look at the node's tasks brought. */
    enum Seen {
        /** Some have ended, so that others may have, or the node begins with the next ones. */
        NEWS,
        /** None has ended, and the node works on one. */
        WORK,
        /** All wait, or the node did not answer. */
        NOTHING
    }

    /** Learns what the node says. */
    interface Listener {
        /** The node works on them. */
        void began(List<Tracked> tasks);

        /** The node is done with it. */
        void ended(Tracked task, String nodeId, NodeResult result);
    }

    NodePoller(String nodeId, Nodes nodes, Listener listener) {
        this.nodeId = nodeId;
        this.nodes = nodes;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("tasks-of-" + nodeId).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Follows a task of the node, which may be several of ours: those of a merged request. */
    void follow(long nodeTaskUid, Tracked task) {
        List<Tracked> lost = new ArrayList<>();
        pending.compute(nodeTaskUid, (_, known) -> with(known, task, lost));
        // A node gives each number once: this one began anew, and lost what it had.
        lost.forEach(former -> listener.ended(former, nodeId, new NodeResult.Lost()));
        newWork.release();
        if (givenUp) {
            endAll();
        }
    }

    /** The node is not of the cluster any more: what it was to do is lost. */
    void giveUp() {
        givenUp = true;
        thread.interrupt();
        endAll();
    }

    private void endAll() {
        pending.forEach(
                (uid, tasks) -> tasks.forEach(task -> end(uid, task, new NodeResult.Lost())));
    }

    private static List<Tracked> with(
            @Nullable List<Tracked> known, Tracked task, List<Tracked> lost) {
        List<Tracked> all = new ArrayList<>();
        for (Tracked former : known == null ? List.<Tracked>of() : known) {
            if (former.uid() == task.uid()) {
                continue;
            }
            (former.mayShare(task) ? all : lost).add(former);
        }
        all.add(task);
        return List.copyOf(all);
    }

    /** Forgets the task, unless it is followed under a later epoch by now. */
    void forget(long nodeTaskUid, Tracked task) {
        pending.computeIfPresent(
                nodeTaskUid,
                (_, known) -> {
                    List<Tracked> rest =
                            known.stream().filter(other -> !other.isSame(task)).toList();
                    return rest.isEmpty() ? null : rest;
                });
    }

    private void run() {
        long pauseMillis = PAUSE_MILLIS_MIN;
        Seen seen = Seen.NOTHING;
        long workingSinceNanos = System.nanoTime();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (pending.isEmpty()) {
                    newWork.acquire();
                    newWork.drainPermits();
                    pauseMillis = PAUSE_MILLIS_MIN;
                    workingSinceNanos = System.nanoTime();
                }
                seen = pollOnce(seen == Seen.WORK ? OLDEST_MAX : ASKED_MAX);
                if (seen != Seen.WORK) {
                    workingSinceNanos = System.nanoTime();
                }
                long workedNanos = System.nanoTime() - workingSinceNanos;
                pauseMillis =
                        pauseMillis(seen, TimeUnit.NANOSECONDS.toMillis(workedNanos), pauseMillis);
                if (newWork.tryAcquire(pauseMillis, TimeUnit.MILLISECONDS)) {
                    // Work that just came is not done yet: it shortens the wait, it does not end
                    // it.
                    newWork.drainPermits();
                    pauseMillis = PAUSE_MILLIS_MIN;
                    Thread.sleep(PAUSE_MILLIS_MIN);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * How long to wait before the next look.
     *
     * @param workedMillis for how long the node has worked on the same task
     * @param before how long was waited before this look
     */
    static long pauseMillis(Seen seen, long workedMillis, long before) {
        return switch (seen) {
            case NEWS -> PAUSE_MILLIS_MIN;
            case WORK -> Math.min(workingPauseMillisMax(workedMillis), before * 3 / 2);
            case NOTHING -> Math.min(PAUSE_MILLIS_MAX, before * 3 / 2);
        };
    }

    private static long workingPauseMillisMax(long workedMillis) {
        return Math.clamp(
                workedMillis / WORK_PER_PAUSE, WORKING_PAUSE_MILLIS_MAX, PAUSE_MILLIS_MAX);
    }

    private Seen pollOnce(int max) {
        try {
            return poll(max);
        } catch (RuntimeException bug) {
            // Without this thread no task of the node would ever end.
            LOG.error("tasks of node {} can't be followed", nodeId, bug);
            return Seen.NOTHING;
        }
    }

    private Seen poll(int max) {
        toldBegun.keySet().retainAll(pending.keySet());
        Map<Long, List<Tracked>> asked = new TreeMap<>();
        pending.entrySet().stream()
                .limit(max)
                .forEach(entry -> asked.put(entry.getKey(), entry.getValue()));
        if (asked.isEmpty()) {
            return Seen.NOTHING;
        }
        String uids = asked.keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
        NodeReply reply =
                nodes.ask(
                        nodeId,
                        NodeRequest.get(
                                        "tasks",
                                        "/tasks?limit=" + ASKED_MAX + "&uids=" + uids,
                                        TIMEOUT)
                                .expecting(AnswerShape.TASKS));
        if (!(reply instanceof NodeReply.Answer answer)) {
            return Seen.NOTHING;
        }
        boolean progress = false;
        boolean works = false;
        List<Tracked> begun = new ArrayList<>();
        for (JsonNode nodeTask : answer.body().path("results")) {
            long uid = nodeTask.path("uid").asLong(-1);
            asked.remove(uid);
            List<Tracked> tasks = pending.getOrDefault(uid, List.of());
            works |= nodeTask.path("status").asString("").equals("processing");
            if (isNews(uid, nodeTask, tasks)) {
                for (Tracked task : tasks) {
                    progress |= tell(uid, task, nodeTask, begun);
                }
            }
        }
        if (!begun.isEmpty()) {
            listener.began(begun);
        }
        boolean unknown = !asked.isEmpty();
        asked.forEach((uid, tasks) -> tasks.forEach(task -> end(uid, task, new NodeResult.Lost())));
        return progress || unknown ? Seen.NEWS : works ? Seen.WORK : Seen.NOTHING;
    }

    // Most wait or are worked on, with many of ours in each: whose they are is looked at once for
    // each thing that there is to tell.
    private boolean isNews(long uid, JsonNode nodeTask, List<Tracked> tasks) {
        return switch (nodeTask.path("status").asString("")) {
            case "enqueued" -> false;
            case "processing" -> !tasks.equals(toldBegun.put(uid, tasks));
            default -> true;
        };
    }

    private boolean tell(long uid, Tracked task, JsonNode nodeTask, List<Tracked> begun) {
        String metadata = nodeTask.path("customMetadata").asString(task.marked());
        String index = nodeTask.path("indexUid").asString("");
        if (!Mark.covers(metadata, task.marked()) || !index.equals(task.physicalUid())) {
            end(uid, task, new NodeResult.Lost());
            return true;
        }
        return switch (nodeTask.path("status").asString("")) {
            case "succeeded" -> {
                end(uid, task, new NodeResult.Succeeded(object(nodeTask, "details")));
                yield true;
            }
            case "failed" -> {
                end(uid, task, new NodeResult.Failed(object(nodeTask, "error")));
                yield true;
            }
            case "canceled" -> {
                end(uid, task, new NodeResult.Canceled());
                yield true;
            }
            case "processing" -> {
                begun.add(task);
                yield false;
            }
            default -> false;
        };
    }

    private void end(long uid, Tracked task, NodeResult result) {
        forget(uid, task);
        listener.ended(task, nodeId, result);
    }

    private static ObjectNode object(JsonNode node, String name) {
        return node.path(name) instanceof ObjectNode object ? object : io.miroir.api.Json.object();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
