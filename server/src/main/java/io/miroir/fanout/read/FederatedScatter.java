package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.plan.SearchPlan;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.FederatedCall;
import io.miroir.fanout.answer.IndexProfile;
import io.miroir.fanout.answer.NodeErrors;
import io.miroir.fanout.lane.WireErrors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Asks nodes for the queries of a federation: one request a node for all of them. */
final class FederatedScatter {
    private static final int ROUNDS_MAX = 4;
    private static final Pattern POSITION = Pattern.compile("`\\.queries\\[(\\d+)]");

    private final Nodes nodes;
    private final NodeHealth health;
    private final ReadMetrics metrics;
    private final ReadSettings settings;

    FederatedScatter(Nodes nodes, NodeHealth health, ReadMetrics metrics, ReadSettings settings) {
        this.nodes = nodes;
        this.health = health;
        this.metrics = metrics;
        this.settings = settings;
    }

    /** What came back for one purpose: answers, and per query the shards still open. */
    private static final class Progress {
        private final FederatedCall.Purpose purpose;
        private final List<FederatedCall.NodeAnswer> answers = new ArrayList<>();
        private final List<ShardSet> open = new ArrayList<>();
        private final Set<String> failed = new HashSet<>();
        private final Set<String> answered = new HashSet<>();
        private @Nullable ApiException lagging;

        Progress(FederatedCall.Purpose purpose, Search search) {
            this.purpose = purpose;
            for (int i = 0; i < search.indexes.size(); i++) {
                int shards = search.indexes.get(i).topology().shards();
                boolean asked = search.call.concerns(purpose, i);
                open.add(asked ? ShardSet.all(shards) : ShardSet.none());
            }
        }

        boolean done() {
            return open.stream().allMatch(ShardSet::isEmpty);
        }
    }

    /** One query's shards on one node. */
    private record Asked(ShardSet shards, FederatedCall.Part part) {}

    /** What one request is about. */
    record Search(
            FederatedCall call,
            List<IndexView> indexes,
            List<IndexProfile> profiles,
            long hash,
            AnswerBudget.Share share) {
        Search with(FederatedCall other) {
            return new Search(other, indexes, profiles, hash, share);
        }
    }

    /** What nodes said to it, and which shards nobody spoke for. */
    record Answered(
            Search search,
            List<FederatedCall.NodeAnswer> answers,
            ShardSet missing,
            Set<String> nodes) {
        boolean isAsWholeAs(Answered other) {
            return missing.andNot(other.missing).isEmpty();
        }
    }

    /**
     * Asks.
     *
     * @throws ApiException if nodes refuse, or shards are missing and policy wants none missing
     */
    Answered ask(Search search) {
        List<FederatedCall.NodeAnswer> answers = new ArrayList<>();
        Set<String> answered = new HashSet<>();
        ShardSet missing = ShardSet.none();
        for (Progress progress : askAll(search)) {
            ApiException lagging = progress.lagging;
            if (!progress.done() && lagging != null) {
                throw lagging;
            }
            missing = progress.open.stream().reduce(missing, ShardSet::or);
            answers.addAll(progress.answers);
            answered.addAll(progress.answered);
        }
        boolean nothing = answers.isEmpty() && !search.indexes.isEmpty();
        if (nothing || (!missing.isEmpty() && !settings.partial())) {
            throw new ApiException(
                    ErrorCode.MIROIR_SHARD_UNAVAILABLE,
                    "No replica in sync answered for shards " + missing + ".");
        }
        return new Answered(search, answers, missing, answered);
    }

    /** Hits and counts are asked side by side. */
    private List<Progress> askAll(Search search) {
        return SideBySide.all(
                search.call.purposes().stream()
                        .<Supplier<Progress>>map(purpose -> () -> askFor(search, purpose))
                        .toList());
    }

    private Progress askFor(Search search, FederatedCall.Purpose purpose) {
        Progress progress = new Progress(purpose, search);
        for (int round = 0; round < ROUNDS_MAX && !progress.done(); round++) {
            Map<String, List<Asked>> plan = plan(search.indexes, progress, search.hash);
            if (plan.isEmpty()) {
                break;
            }
            metrics.asked(plan.size(), round > 0);
            ask(search, plan, progress);
        }
        return progress;
    }

    private void ask(Search search, Map<String, List<Asked>> plan, Progress progress) {
        Map<String, NodeRequest> requests = new LinkedHashMap<>();
        // Nodes that are asked for the same are sent the same: it may have megabytes.
        Map<List<FederatedCall.Part>, NodeBody> bodies = new HashMap<>();
        plan.forEach(
                (node, asked) ->
                        requests.put(node, request(search, asked, progress.purpose, bodies)));
        Map<String, NodeReply> replies = nodes.askAll(requests, search.share);
        for (Map.Entry<String, List<Asked>> node : plan.entrySet()) {
            switch (Objects.requireNonNull(replies.get(node.getKey()))) {
                case NodeReply.Answer answer -> {
                    progress.answered.add(node.getKey());
                    take(answer, node.getValue(), progress);
                }
                case NodeReply.Refusal refusal when Cover.isOfNode(refusal) ->
                        progress.failed.add(node.getKey());
                case NodeReply.Refusal refusal -> {
                    ApiException refused = inClientWords(refusal, node.getValue(), search);
                    if (!Cover.mayLag(refused)) {
                        throw refused;
                    }
                    progress.failed.add(node.getKey());
                    progress.lagging = refused;
                }
                case NodeReply.Failure failure when failure.kind() == NodeReply.Kind.NO_ROOM ->
                        throw AnswerBudget.noRoom();
                case NodeReply.Failure _ -> progress.failed.add(node.getKey());
            }
        }
    }

    private NodeRequest request(
            Search search,
            List<Asked> asked,
            FederatedCall.Purpose purpose,
            Map<List<FederatedCall.Part>, NodeBody> bodies) {
        List<FederatedCall.Part> parts = asked.stream().map(Asked::part).toList();
        AnswerShape shape =
                purpose.countsOf() == null
                        ? AnswerShape.searches(FederatedCall.positions(parts).size())
                        : AnswerShape.SEARCH;
        return NodeRequest.post(
                        "multi_search",
                        "/multi-search",
                        bodies.computeIfAbsent(
                                parts,
                                each -> NodeBody.json(search.call.nodeRequest(each, purpose))),
                        settings.nodeTimeout())
                .within(search.share())
                .expecting(shape);
    }

    private static void take(NodeReply.Answer answer, List<Asked> asked, Progress progress) {
        progress.answers.add(
                new FederatedCall.NodeAnswer(
                        (ObjectNode) answer.body(),
                        asked.stream().map(Asked::part).toList(),
                        progress.purpose));
        for (int query = 0; query < asked.size(); query++) {
            ShardSet got = asked.get(query).shards();
            List<Integer> left = new ArrayList<>();
            progress.open.get(query).stream()
                    .filter(shard -> !got.contains(shard))
                    .forEach(left::add);
            progress.open.set(query, ShardSet.of(left));
        }
    }

    private Map<String, List<Asked>> plan(List<IndexView> indexes, Progress progress, long hash) {
        Map<String, List<Asked>> plan = new LinkedHashMap<>();
        for (int query = 0; query < indexes.size(); query++) {
            IndexView index = indexes.get(query);
            for (SearchPlan.NodeShards part :
                    Cover.plan(health, index, progress.open.get(query), hash, progress.failed)) {
                List<Asked> asked =
                        plan.computeIfAbsent(part.nodeId(), _ -> nothingAsked(indexes.size()));
                asked.set(
                        query,
                        new Asked(
                                part.shards(), new FederatedCall.Part(true, IndexAsks.only(part))));
            }
        }
        return plan;
    }

    private static List<Asked> nothingAsked(int queries) {
        List<Asked> asked = new ArrayList<>(queries);
        for (int i = 0; i < queries; i++) {
            asked.add(new Asked(ShardSet.none(), new FederatedCall.Part(false, null)));
        }
        return asked;
    }

    // A node counts the queries that it was asked; the client counts its own, or says a number.
    private static ApiException inClientWords(
            NodeReply.Refusal refusal, List<Asked> asked, Search search) {
        List<Integer> positions = FederatedCall.positions(asked.stream().map(Asked::part).toList());
        ApiException error = WireErrors.toException(refusal.error());
        String text =
                POSITION.matcher(error.text())
                        .replaceAll(
                                found -> {
                                    int position = Integer.parseInt(found.group(1));
                                    long own =
                                            position < positions.size()
                                                    ? search.call.shownPosition(
                                                            positions.get(position))
                                                    : position;
                                    return Matcher.quoteReplacement("`.queries[" + own + "]");
                                });
        return NodeErrors.forClient(new ApiException(error.code(), text), search.profiles());
    }
}
