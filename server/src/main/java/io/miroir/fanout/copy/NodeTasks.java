package io.miroir.fanout.copy;

import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * What one node did, and is still to do, with an index.
 *
 * @param physicalUid the name that nodes know the index by
 */
public record NodeTasks(Nodes nodes, String node, String physicalUid) {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String OPEN = "&statuses=enqueued,processing";
    private static final String OF_DOCUMENTS =
            "&types=documentAdditionOrUpdate,documentDeletion,documentEdition";

    /** Failed tasks that are looked at; of more, nobody can say whether two nodes have the same. */
    private static final int FAILED_MAX = 1_000;

    private static final Duration PAUSE = Duration.ofMillis(5);

    /** A task tells the filter of its deletion, which may be long. */
    private static final int PAGE = 200;

    /** Before the first task of an index. */
    public static final long NONE = -1;

    /** Hears of a task that a node has taken. */
    @FunctionalInterface
    public interface Arrival {
        /** It has this number, and carries this. */
        void came(long uid, String mark);
    }

    /** The number of the latest task of the index, or {@link #NONE}. */
    public long latest() {
        return first("").path("uid").asLong(NONE);
    }

    /** The number of the latest task of any index that a node has, or {@link #NONE}. */
    public static long latestOfAny(Nodes nodes, String node) {
        NodeRequest request =
                NodeRequest.get("tasks", "/tasks?limit=1", TIMEOUT).expecting(AnswerShape.TASKS);
        return NodeDocuments.answer(nodes, node, request)
                .path("results")
                .path(0)
                .path("uid")
                .asLong(NONE);
    }

    /** Whether all tasks of the index up to that number have ended. */
    public boolean ended(long uid) {
        return uid == NONE || first(OPEN + "&from=" + uid).isMissingNode();
    }

    /** Whether all tasks of the index have ended. */
    public boolean isAtRest() {
        return first(OPEN).isMissingNode();
    }

    /** Whether a task that deletes the index has not ended. */
    public boolean deletesIndex() {
        return !first(OPEN + "&types=indexDeletion").isMissingNode();
    }

    /** How many tasks of the index have not ended. */
    public long open() {
        return list(OPEN, 1).path("total").asLong(0);
    }

    /** Waits until all tasks of the index have ended; false if they have not by then. */
    public boolean awaitRest(Holds.Deadline deadline) throws InterruptedException {
        while (!isAtRest()) {
            if (deadline.isOver()) {
                return false;
            }
            deadline.pause(PAUSE);
        }
        return true;
    }

    /** Whether documents were edited by a function after the task of that number. */
    public boolean editedSince(long uid) {
        return first("&types=documentEdition").path("uid").asLong(NONE) > uid;
    }

    /**
     * What the tasks of documents carry that came after the one of that number, in their order.
     *
     * @param seen told the number and what it carries, empty for nothing
     * @param between called after each page
     */
    public void since(long uid, Arrival seen, TargetWriter.Watch between)
            throws InterruptedException {
        boolean _ = since(uid, Integer.MAX_VALUE, seen, between);
    }

    /**
     * The same, of the first ones.
     *
     * @param pagesMax requests to the node, each of some hundred tasks
     * @return whether these were all
     */
    public boolean since(long uid, int pagesMax, Arrival seen, TargetWriter.Watch between)
            throws InterruptedException {
        long last = uid;
        int pages = 0;
        JsonNode page;
        do {
            String next = "&reverse=true&from=" + (last + 1);
            page = list(OF_DOCUMENTS + next, PAGE).path("results");
            for (JsonNode task : page) {
                last = task.path("uid").asLong();
                seen.came(last, task.path("customMetadata").asString(""));
            }
            between.look();
        } while (page.size() == PAGE && ++pages < pagesMax);
        return page.size() < PAGE;
    }

    /** What the tasks of documents carry that failed after the one of that number. */
    public Set<String> failedSince(long uid) {
        JsonNode failed =
                list(OF_DOCUMENTS + "&statuses=failed,canceled", FAILED_MAX).path("results");
        Set<String> marks = new TreeSet<>();
        int seen = 0;
        for (JsonNode task : failed) {
            long number = task.path("uid").asLong(NONE);
            if (number <= uid) {
                return marks;
            }
            // One without a mark is nobody's: it is unlike any on another node.
            marks.add(task.path("customMetadata").asString(node + '/' + number));
            seen++;
        }
        if (seen == FAILED_MAX) {
            throw new CopyFailedException("too many tasks fail on node " + node);
        }
        return marks;
    }

    /** A task of any index. */
    JsonNode task(long uid) {
        return NodeDocuments.answer(
                nodes,
                node,
                NodeRequest.get("tasks", "/tasks/" + uid, TIMEOUT).expecting(AnswerShape.TASK));
    }

    private JsonNode first(String query) {
        return list(query, 1).path("results").path(0);
    }

    private JsonNode list(String query, int limit) {
        return NodeDocuments.answer(
                nodes,
                node,
                NodeRequest.get(
                                "tasks",
                                "/tasks?limit=" + limit + "&indexUids=" + physicalUid + query,
                                TIMEOUT)
                        .expecting(AnswerShape.TASKS));
    }
}
