package io.miroir.fanout;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request to a node.
 *
 * @param operation a short fixed word for metrics, e.g. {@code search}
 * @param target path and query, e.g. {@code /indexes/m17/search}
 * @param timeout for the whole exchange, connecting and reading included
 */
public record NodeRequest(
        String operation, String method, String target, @Nullable NodeBody body, Duration timeout) {

    /** A request without a body. */
    public static NodeRequest get(String operation, String target, Duration timeout) {
        return new NodeRequest(operation, "GET", target, null, timeout);
    }

    /** A POST with a body. */
    public static NodeRequest post(
            String operation, String target, NodeBody body, Duration timeout) {
        return new NodeRequest(operation, "POST", target, body, timeout);
    }
}
