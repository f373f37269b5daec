package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** How often nodes are sent settings that they don't show, and what then becomes of them. */
final class SettingsTries {
    private static final Duration PAUSE_MIN = Duration.ofMillis(200);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

    private final int retriesMax;
    private final Map<String, Integer> failed = new HashMap<>();

    SettingsTries(int retriesMax) {
        this.retriesMax = retriesMax;
    }

    /** What becomes of one node. */
    sealed interface Verdict {
        /** It has the settings. */
        record Has() implements Verdict {}

        /** It is sent them again after a pause. */
        record Again(Duration pause) implements Verdict {}

        /** It is left as it is for now: it may be in doubt, not wrong. */
        record PassOver(String why) implements Verdict {}

        /** It will not have them. */
        record GiveUp(ObjectNode error) implements Verdict {}
    }

    /**
     * Judges one attempt.
     *
     * @param inForce whether the settings are in force: a node that can't have them then differs
     *     from those that do, before that it has a say
     * @param up whether the node is worth another request
     */
    Verdict judge(String node, Shown shown, boolean inForce, boolean up) {
        return switch (shown) {
            case Shown.Wanted _ -> {
                failed.remove(node);
                yield new Verdict.Has();
            }
            case Shown.Unknown unknown ->
                    up && mayRetry(node)
                            ? new Verdict.Again(pause(node))
                            : new Verdict.PassOver(unknown.reason());
            case Shown.Refused refused ->
                    inForce && mayRetry(node)
                            ? new Verdict.Again(pause(node))
                            : new Verdict.GiveUp(refused.error());
            case Shown.Other _ ->
                    mayRetry(node)
                            ? new Verdict.Again(pause(node))
                            : new Verdict.GiveUp(otherSettings());
        };
    }

    private boolean mayRetry(String node) {
        return failed.merge(node, 1, Integer::sum) <= retriesMax;
    }

    private Duration pause(String node) {
        return pause(failed.getOrDefault(node, 1));
    }

    /** How long what failed so often is left alone. */
    static Duration pause(int failures) {
        Duration doubled = PAUSE_MIN.multipliedBy(1L << Math.min(failures - 1, 20));
        return doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
    }

    private static ObjectNode otherSettings() {
        return new ApiException(ErrorCode.INTERNAL, "A node shows other settings than it was sent.")
                .toJson();
    }
}
