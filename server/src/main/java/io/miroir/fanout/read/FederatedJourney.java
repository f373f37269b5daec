package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.api.search.FederationChecks;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.api.search.RequestChecks;
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
import io.miroir.fanout.answer.FederatedChecks;
import io.miroir.fanout.answer.IndexProfile;
import io.miroir.fanout.answer.NodeErrors;
import io.miroir.fanout.answer.QueryHash;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.fanout.lane.WireErrors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Searches whose hits become one list over several indexes: one request a node for all of them. */
public final class FederatedJourney {
    private static final int ROUNDS_MAX = 4;
    private static final int BAD_REQUEST = 400;
    private static final Pattern POSITION = Pattern.compile("`\\.queries\\[(\\d+)]");

    private final SearchJourney searches;
    private final Nodes nodes;
    private final NodeHealth health;
    private final ReadMetrics metrics;
    private final ReadSettings settings;
    private final Supplier<Features> features;
    private final Supplier<Network> network;

    /** Searches over the same nodes as {@code searches}. */
    public FederatedJourney(
            SearchJourney searches,
            Nodes nodes,
            NodeHealth health,
            ReadMetrics metrics,
            ReadSettings settings,
            Supplier<Features> features,
            Supplier<Network> network) {
        this.searches = searches;
        this.nodes = nodes;
        this.health = health;
        this.metrics = metrics;
        this.settings = settings;
        this.features = features;
        this.network = network;
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
    private record Search(
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
    private record Answered(
            Search search,
            List<FederatedCall.NodeAnswer> answers,
            ShardSet missing,
            Set<String> nodes) {
        boolean isAsWholeAs(Answered other) {
            return missing.andNot(other.missing).isEmpty();
        }
    }

    /**
     * One federated search.
     *
     * @param body the client's, valid already
     * @param asked the same
     * @param uids the index of each query, aliases resolved
     * @param terms what the answer must be at least, of each index, and may take
     * @throws ApiException if there is no such index, the queries can't be federated, the nodes
     *     refuse, or shards are missing and policy wants none missing
     */
    public ReadReply search(
            MultiSearchRequest asked, ObjectNode body, List<String> uids, Terms terms) {
        Map<String, String> resolved = new HashMap<>();
        for (int i = 0; i < uids.size(); i++) {
            resolved.put(asked.queries().get(i).indexUid(), uids.get(i));
        }
        // Settings and indexes that it must see are to be seen by the checks too.
        uids.forEach(uid -> terms.writes().behind(uid));
        FederatedChecks checks =
                new FederatedChecks(
                        asked,
                        features.get(),
                        network,
                        name -> profile(name, resolved.getOrDefault(name, name)));
        try {
            checks.check();
        } catch (ApiException refused) {
            searchOneByOne(checks.passed(), body, uids, terms);
            throw refused;
        }
        body.path("queries")
                .forEach(
                        query ->
                                ReservedFields.refuse(
                                        (ObjectNode) query, ErrorCode.INVALID_SEARCH_FILTER));
        ReservedFields.refuse(
                (ObjectNode) body.path("federation"), ErrorCode.INVALID_SEARCH_FILTER);
        try {
            return searches.versions()
                    .read(
                            uids,
                            terms,
                            (indexes, share) -> search(asked, checks, body, indexes, share));
        } catch (ApiException refused) {
            if (refused.status() == BAD_REQUEST) {
                // Nodes refuse what stands first; one server, what it searches first.
                searchOneByOne(checks.passed(), body, uids, terms);
            }
            throw refused;
        }
    }

    /** Nodes may refuse what one server would have searched before it found a fault. */
    private void searchOneByOne(
            List<Integer> positions, ObjectNode body, List<String> uids, Terms terms) {
        JsonNode distinct = body.path("federation").path("distinct");
        for (int position : positions) {
            ObjectNode query = (ObjectNode) body.path("queries").path(position).deepCopy();
            query.remove(List.of("indexUid", "federationOptions"));
            if (distinct.isString()) {
                query.set("distinct", distinct);
            }
            try {
                ReadReply _ = searches.search(uids.get(position), query.put("limit", 0), terms);
            } catch (ApiException refused) {
                throw FederationChecks.insideQuery(position, refused);
            }
        }
    }

    private Reading search(
            MultiSearchRequest asked,
            FederatedChecks checks,
            ObjectNode body,
            List<IndexView> indexes,
            AnswerBudget.Share share) {
        List<IndexProfile> profiles = new ArrayList<>();
        for (int i = 0; i < indexes.size(); i++) {
            profiles.add(SearchJourney.profile(indexes.get(i), asked.queries().get(i).indexUid()));
        }
        FederatedCall call = FederatedCall.of(body, profiles);
        Search search = new Search(call, indexes, profiles, QueryHash.of("", body), share);
        Answered answered = byWordsWhereEnough(search);
        answered.search
                .call
                .disputedFacet(answered.answers)
                .ifPresent(
                        facet -> {
                            throw checks.otherOrder(facet);
                        });
        ObjectNode merged = answered.search.call.merge(answered.answers);
        RequestChecks.personalize(Objects.requireNonNull(asked.federation()));
        return new Reading(merged, answered.missing, answered.nodes);
    }

    /**
     * The answers to the search, its hybrid queries as one server with everything does them. Where
     * those can't be asked as widely as they were, what nodes said first is a good answer still.
     */
    private Answered byWordsWhereEnough(Search search) {
        Answered hybrid = answers(search);
        Set<Integer> open = search.call.perhapsByWords(hybrid.answers);
        try {
            return open.isEmpty() ? hybrid : byWordsWhereEnough(hybrid, open);
        } catch (ApiException _) {
            return hybrid;
        }
    }

    private Answered byWordsWhereEnough(Answered hybrid, Set<Integer> open) {
        Search search = hybrid.search;
        Answered byWords = answers(search.with(search.call.byWords(open)));
        Set<Integer> enough = byWords.search.call.isByWords(byWords.answers);
        if (enough.isEmpty() || !byWords.isAsWholeAs(hybrid)) {
            return hybrid;
        }
        if (enough.equals(open)) {
            return byWords;
        }
        Answered some = answers(search.with(search.call.byWords(enough)));
        return some.isAsWholeAs(hybrid) ? some : hybrid;
    }

    private Answered answers(Search search) {
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

    /** Clients are told of an index by the name that they used, which may be an alias. */
    private @Nullable IndexProfile profile(String name, String uid) {
        return searches.find(uid).map(index -> SearchJourney.profile(index, name)).orElse(null);
    }

    /** Hits and counts are asked side by side. */
    private List<Progress> askAll(Search search) {
        List<FederatedCall.Purpose> purposes = search.call.purposes();
        if (purposes.size() == 1) {
            return List.of(askFor(search, purposes.getFirst()));
        }
        List<CompletableFuture<Progress>> asking = new ArrayList<>();
        for (FederatedCall.Purpose purpose : purposes) {
            asking.add(
                    CompletableFuture.supplyAsync(
                            () -> askFor(search, purpose),
                            task -> Thread.ofVirtual().name("federated").start(task)));
        }
        try {
            return asking.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof ApiException refused ? refused : failed;
        }
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
        plan.forEach((node, asked) -> requests.put(node, request(search, asked, progress.purpose)));
        Map<String, NodeReply> replies = nodes.askAll(requests);
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

    private NodeRequest request(Search search, List<Asked> asked, FederatedCall.Purpose purpose) {
        List<FederatedCall.Part> parts = asked.stream().map(Asked::part).toList();
        AnswerShape shape =
                purpose.countsOf() == null
                        ? AnswerShape.searches(FederatedCall.positions(parts).size())
                        : AnswerShape.SEARCH;
        return NodeRequest.post(
                        "multi_search",
                        "/multi-search",
                        NodeBody.json(search.call.nodeRequest(parts, purpose)),
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
                                part.shards(),
                                new FederatedCall.Part(true, SearchJourney.only(part))));
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

    // A node counts the queries that it was asked; the client counts its own.
    private static ApiException inClientWords(
            NodeReply.Refusal refusal, List<Asked> asked, Search search) {
        List<Integer> positions = FederatedCall.positions(asked.stream().map(Asked::part).toList());
        ApiException error = WireErrors.toException(refusal.error());
        String text =
                POSITION.matcher(error.text())
                        .replaceAll(
                                found -> {
                                    int position = Integer.parseInt(found.group(1));
                                    int own =
                                            position < positions.size()
                                                    ? positions.get(position)
                                                    : position;
                                    return Matcher.quoteReplacement("`.queries[" + own + "]");
                                });
        return NodeErrors.forClient(new ApiException(error.code(), text), search.profiles());
    }
}
