package io.miroir.fanout;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request to a node.
 *
 * @param operation a short fixed word for metrics, e.g. {@code search}
 * @param target path and query, e.g. {@code /indexes/m17/search}
 * @param timeout for the whole exchange, connecting and reading included
 * @param share what its answer counts to; null for answers that are small
 * @param shape what its answer has at least
 */
public record NodeRequest(
        String operation,
        String method,
        String target,
        @Nullable NodeBody body,
        Duration timeout,
        AnswerBudget.@Nullable Share share,
        AnswerShape shape) {

    /** A request whose answer is small. */
    public NodeRequest(
            String operation,
            String method,
            String target,
            @Nullable NodeBody body,
            Duration timeout) {
        this(operation, method, target, body, timeout, null, AnswerShape.OBJECT);
    }

    /** The same request, whose answer counts. */
    public NodeRequest within(AnswerBudget.@Nullable Share counted) {
        return new NodeRequest(operation, method, target, body, timeout, counted, shape);
    }

    /** The same request, answered by nothing less. */
    public NodeRequest expecting(AnswerShape least) {
        return new NodeRequest(operation, method, target, body, timeout, share, least);
    }

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
