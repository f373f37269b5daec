package io.miroir.fanout.lane;

import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Reads what a node took of an index lately, the newest first. */
final class LatestTasks {
    /** For all that is asked of a node at a time. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final int PAGE_TASKS = 200;

    /** More tasks than a turn may hold writes, and what is sent again of them. */
    private static final int PAGES_MAX = 6;

    private LatestTasks() {}

    /** Hears of one task after the other. */
    @FunctionalInterface
    interface Reader {
        /** True if that is enough. */
        boolean read(long uid, String carried);
    }

    /** False if the node did not tell all that was asked of it. */
    static boolean of(Nodes nodes, String node, String physicalUid, Reader reader) {
        long giveUpNanos = System.nanoTime() + TIMEOUT.toNanos();
        String from = "";
        for (int page = 0; page < PAGES_MAX; page++) {
            Duration left = Duration.ofNanos(giveUpNanos - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                return false;
            }
            NodeRequest look =
                    NodeRequest.get(
                                    "tasks",
                                    "/tasks?limit="
                                            + PAGE_TASKS
                                            + from
                                            + "&indexUids="
                                            + physicalUid,
                                    left)
                            .expecting(AnswerShape.TASKS);
            if (!(nodes.ask(node, look) instanceof NodeReply.Answer answer)) {
                return false;
            }
            for (JsonNode task : answer.body().path("results")) {
                if (reader.read(
                        task.path("uid").asLong(), task.path("customMetadata").asString(""))) {
                    return true;
                }
            }
            JsonNode next = answer.body().path("next");
            if (!next.isIntegralNumber()) {
                return true;
            }
            from = "&from=" + next.asLong();
        }
        return true;
    }
}
