package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.plan.SearchPlan;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.NodeErrors;
import io.miroir.fanout.lane.WireErrors;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Asks one replica of each wanted shard, and another one where that fails: a node that dies under a
 * read costs a second request, not the read.
 */
final class Cover {
    /**
     * Each round asks only replicas that did not fail yet; three lost nodes in one read is a lot.
     */
    static final int ROUNDS_MAX = 4;

    private final Nodes nodes;
    private final NodeHealth health;
    private final ReadMetrics metrics;

    Cover(Nodes nodes, NodeHealth health, ReadMetrics metrics) {
        this.nodes = nodes;
        this.health = health;
        this.metrics = metrics;
    }

    /**
     * Asks.
     *
     * @param wanted the shards to cover
     * @param hash chooses replicas: the same hash, the same replicas (protocol, rule 11)
     * @param share what the answers count to; null for none
     * @param request what to ask a node for its shards
     */
    Coverage ask(
            IndexView index,
            ShardSet wanted,
            long hash,
            AnswerBudget.@Nullable Share share,
            Function<NodeShards, NodeRequest> request) {
        List<Coverage.Part> parts = new ArrayList<>();
        Set<String> failed = new HashSet<>();
        Optional<ApiException> lagging = Optional.empty();
        ShardSet open = wanted;
        for (int round = 0; round < ROUNDS_MAX && !open.isEmpty(); round++) {
            List<NodeShards> plan = plan(health, index, open, hash, failed);
            if (plan.isEmpty()) {
                break;
            }
            Map<String, NodeRequest> requests = new LinkedHashMap<>();
            plan.forEach(part -> requests.put(part.nodeId(), request.apply(part).within(share)));
            metrics.asked(plan.size(), round > 0);
            Map<String, NodeReply> replies;
            try {
                replies = nodes.askAll(requests, share);
            } catch (ApiException noRoom) {
                return new Coverage(List.of(), open, Optional.of(noRoom));
            }
            BitSet left = new BitSet();
            open.stream().forEach(left::set);
            for (NodeShards part : plan) {
                NodeReply reply = Objects.requireNonNull(replies.get(part.nodeId()));
                Optional<ApiException> refusal = take(part, reply, index, parts, failed, left);
                if (refusal.filter(Cover::mayLag).isPresent()) {
                    failed.add(part.nodeId());
                    lagging = refusal;
                } else if (refusal.isPresent()) {
                    return new Coverage(List.of(), open, refusal);
                }
            }
            open = ShardSet.copyOf(left);
        }
        if (!open.isEmpty() && lagging.isPresent()) {
            return new Coverage(List.of(), open, lagging);
        }
        if (!open.isEmpty()) {
            metrics.lacked();
        }
        return new Coverage(parts, open, Optional.empty());
    }

    private static Optional<ApiException> take(
            NodeShards part,
            NodeReply reply,
            IndexView index,
            List<Coverage.Part> parts,
            Set<String> failed,
            BitSet left) {
        switch (reply) {
            case NodeReply.Answer answer -> {
                parts.add(new Coverage.Part(part, answer.body()));
                part.shards().stream().forEach(left::clear);
            }
            case NodeReply.Refusal refusal when isOfNode(refusal) -> failed.add(part.nodeId());
            case NodeReply.Refusal refusal -> {
                return Optional.of(inClientWords(refusal, index));
            }
            // Others' answers would find no room either.
            case NodeReply.Failure failure when failure.kind() == NodeReply.Kind.NO_ROOM -> {
                return Optional.of(AnswerBudget.noRoom());
            }
            case NodeReply.Failure _ -> failed.add(part.nodeId());
        }
        return Optional.empty();
    }

    private static ApiException inClientWords(NodeReply.Refusal refusal, IndexView index) {
        return NodeErrors.forClient(
                WireErrors.toException(refusal.error()), List.of(SearchJourney.profile(index)));
    }

    /**
     * Whom to ask of the open shards: nobody who failed. Nodes that have the settings in force go
     * before those that may have others, unless they are in trouble: an answer that says that it
     * may be mixed is better than a late one.
     */
    static List<NodeShards> plan(
            NodeHealth health, IndexView index, ShardSet open, long hash, Set<String> failed) {
        Predicate<String> readable = node -> !failed.contains(node);
        Predicate<String> healthy = readable.and(health::usable);
        return SearchPlan.preferring(
                        index.topology(),
                        index,
                        List.of(
                                healthy.and(index::settled),
                                healthy,
                                readable.and(index::settled),
                                readable),
                        open,
                        hash)
                .nodes();
    }

    // A node that was away may not have been told yet what was switched on meanwhile; and what only
    // one node says in words that Meilisearch does not have is its trouble.
    static boolean mayLag(ApiException refusal) {
        return refusal.code() == ErrorCode.FEATURE_NOT_ENABLED
                || refusal.code() == ErrorCode.INTERNAL;
    }

    // The node lacks the index or takes another key: its trouble, not the client's.
    static boolean isOfNode(NodeReply.Refusal refusal) {
        return refusal.code().equals(ErrorCode.INDEX_NOT_FOUND.wireName()) || refusal.refusesKey();
    }
}
