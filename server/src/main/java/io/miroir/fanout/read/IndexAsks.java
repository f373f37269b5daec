package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.IndexView;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.answer.QueryHash;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What searches ask the nodes of an index. */
final class IndexAsks {
    private static final Duration LEAST = Duration.ofMillis(1);

    private final Cover cover;
    private final ReadSettings settings;
    private final Supplier<Duration> patience;

    /** By those ways through the nodes. */
    IndexAsks(Cover cover, ReadSettings settings) {
        this(cover, settings, settings::nodeTimeout);
    }

    private IndexAsks(Cover cover, ReadSettings settings, Supplier<Duration> patience) {
        this.cover = cover;
        this.settings = settings;
        this.patience = patience;
    }

    /**
     * What is asked besides one search, which has an answer already: all of it has the time that a
     * node has for one request, from the first one on. Behind that nobody answers.
     */
    IndexAsks besides() {
        AtomicLong begin = new AtomicLong();
        return new IndexAsks(
                cover,
                settings,
                () -> {
                    long now = System.nanoTime();
                    begin.compareAndSet(0, now);
                    return settings.nodeTimeout().minusNanos(now - begin.get());
                });
    }

    /**
     * What nodes are asked for.
     *
     * @param operation how metrics call it
     * @param path behind that of the index
     */
    record What(String operation, String path, AnswerShape shape) {
        /** Hits. */
        static final What SEARCH = new What("search", "/search", AnswerShape.SEARCH);

        /** Hits near to a vector. */
        static final What SIMILAR = new What("similar", "/search", AnswerShape.SEARCH);

        /** Values of a facet. */
        static final What FACET_VALUES =
                new What("facet_search", "/facet-search", AnswerShape.FACET_VALUES);

        /** Documents by their keys. */
        static final What DOCUMENTS =
                new What("documents", "/documents/fetch", AnswerShape.DOCUMENTS);

        /** What fields documents have or had. */
        static final What FIELDS = new What("fields", "/fields", AnswerShape.LIST);

        /** One document by its key. */
        static final What DOCUMENT =
                new What("document", "/documents/fetch", AnswerShape.DOCUMENTS);
    }

    /**
     * Asks one replica of each shard.
     *
     * @param body the client's: what is asked for the same is asked of the same replicas
     * @param share what the answers count to; null for none
     * @param request what to ask a node, given the shards to look in, or null if it holds no other
     */
    Coverage ask(
            What what,
            IndexView index,
            ShardSet shards,
            ObjectNode body,
            AnswerBudget.@Nullable Share share,
            Function<@Nullable ShardSet, ObjectNode> request) {
        if (patience.get().isNegative()) {
            return new Coverage(List.of(), shards, Optional.empty());
        }
        SentBodies bodies = new SentBodies(request);
        return cover.ask(
                index,
                shards,
                QueryHash.of(index.row().physicalUid(), body),
                share,
                part ->
                        NodeRequest.post(
                                        what.operation,
                                        "/indexes/" + index.row().physicalUid() + what.path,
                                        bodies.of(only(part)),
                                        left())
                                .expecting(what.shape));
    }

    private Duration left() {
        Duration left = patience.get();
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }

    /**
     * Refuses to go on with what is not whole, where policy wants it so, or is nothing.
     *
     * @throws ApiException if so, or if the nodes refused
     */
    void requireWhole(Coverage coverage) {
        if (coverage.refusal().isPresent()) {
            throw coverage.refusal().get();
        }
        requireWhole(coverage, settings.partial());
    }

    /** The same of what stands beside a good answer: there may be nothing of it. */
    void requireWholeBeside(Coverage coverage) {
        if (coverage.refusal().isPresent() || !settings.partial()) {
            requireWhole(coverage);
        }
    }

    static void requireWhole(Coverage coverage, boolean partial) {
        boolean nothing = coverage.parts().isEmpty();
        if (!coverage.uncovered().isEmpty() && (nothing || !partial)) {
            throw new ApiException(
                    ErrorCode.MIROIR_SHARD_UNAVAILABLE,
                    "No replica in sync answered for shards " + coverage.uncovered() + ".");
        }
    }

    static @Nullable ShardSet only(NodeShards part) {
        return part.filterNeeded() ? part.shards() : null;
    }
}
