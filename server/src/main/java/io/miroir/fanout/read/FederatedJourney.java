package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.api.search.MultiSearchRequest;
import io.miroir.api.search.RequestChecks;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.FacetSpelling;
import io.miroir.fanout.answer.FederatedCall;
import io.miroir.fanout.answer.FederatedChecks;
import io.miroir.fanout.answer.FederatedSpelling;
import io.miroir.fanout.answer.IndexProfile;
import io.miroir.fanout.answer.PinnedHits;
import io.miroir.fanout.answer.QueryHash;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.fanout.read.FederatedScatter.Answered;
import io.miroir.fanout.read.FederatedScatter.Search;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Searches whose hits become one list over several indexes: one request a node for all of them. */
public final class FederatedJourney {
    private static final int BAD_REQUEST = 400;

    private final SearchJourney searches;
    private final FederatedScatter scatter;
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
        this.scatter = new FederatedScatter(nodes, health, metrics, settings);
        this.features = features;
        this.network = network;
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
        OneByOne queries = new OneByOne(searches, asked, body, uids, terms);
        try {
            checks.check();
        } catch (ApiException refused) {
            requireOneOrder(asked, checks, queries, terms);
            // One server would have searched these before it found the fault.
            queries.search(checks.passed());
            checks.begun().ifPresent(queries::begin);
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
                            (indexes, share) ->
                                    search(
                                            asked,
                                            checks,
                                            settled(body, indexes, share),
                                            indexes,
                                            share));
        } catch (ApiException refused) {
            if (refused.status() == BAD_REQUEST) {
                requireOneOrder(asked, checks, queries, terms);
                queries.search(checks.passed());
            }
            throw refused;
        }
    }

    /** The request with filters that find what one server finds. */
    private ObjectNode settled(ObjectNode body, List<IndexView> indexes, AnswerBudget.Share share) {
        ObjectNode settled = Json.object();
        settled.setAll(body);
        ArrayNode queries = settled.putArray("queries");
        for (int i = 0; i < indexes.size(); i++) {
            ObjectNode query = (ObjectNode) body.path("queries").path(i);
            queries.add(searches.known().settled(indexes.get(i), query, share));
        }
        return settled;
    }

    /**
     * Refuses to add up facets that indexes order differently. Nodes that refuse a query don't tell
     * which facets there are, so they are asked for these alone.
     */
    private void requireOneOrder(
            MultiSearchRequest asked, FederatedChecks checks, OneByOne queries, Terms terms) {
        MultiSearchRequest.Federation federation = Objects.requireNonNull(asked.federation());
        Map<Integer, List<String>> counted = checks.counted();
        if (!federation.mergeFacets() || counted.size() < 2) {
            return;
        }
        ObjectNode facets = queries.facets(counted);
        try {
            List<String> uids = counted.keySet().stream().map(queries.uids()::get).toList();
            ReadReply _ =
                    searches.versions()
                            .read(
                                    uids,
                                    terms,
                                    (indexes, share) ->
                                            search(
                                                    MultiSearchRequest.fromBody(facets),
                                                    checks,
                                                    facets,
                                                    indexes,
                                                    share));
        } catch (ApiException refused) {
            if (refused.code() == ErrorCode.INVALID_MULTI_SEARCH_FACET_ORDER) {
                queries.search(checks.passed());
                throw refused;
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
        FederatedPins pins = FederatedPins.lookUp(searches.pinned(), body, indexes, share);
        FederatedCall call = FederatedCall.of(body, profiles, pins.calls());
        Answered first =
                scatter.ask(new Search(call, indexes, profiles, QueryHash.of("", body), share));
        // What nodes find wrong with the queries was told by then, as without rules.
        Map<Integer, PinnedHits> pinned = pins.show(share);
        Answered answered = byWordsWhereEnough(first, pinned);
        FederatedCall asAnswered = answered.search().call();
        asAnswered
                .disputedFacet(answered.answers())
                .ifPresent(
                        facet -> {
                            throw checks.otherOrder(facet);
                        });
        Answered counted = counts(answered, pinned);
        settleSpelling(counted, body, share);
        FederatedCall.Besides besides =
                new FederatedCall.Besides(counting(answered, pinned), formatted(answered, body));
        ObjectNode merged = counted.search().call().merge(counted.answers(), pinned, besides);
        RequestChecks.personalize(Objects.requireNonNull(asked.federation()));
        return pins.and(new Reading(merged, answered.missing(), answered.nodes()));
    }

    /** The queries whose hits are formatted by what only nodes know that found nothing by them. */
    private Set<Integer> formatted(Answered answered, ObjectNode body) {
        Search search = answered.search();
        Set<Integer> formatted = new HashSet<>();
        for (int position : search.call().lackingFormats(answered.answers())) {
            ObjectNode query =
                    FederatedCall.alone((ObjectNode) body.path("queries").path(position));
            try {
                if (searches.knowsFormats(
                        search.indexes().get(position),
                        search.profiles().get(position),
                        query,
                        search.share())) {
                    formatted.add(position);
                }
            } catch (ApiException _) {
                // They are shown as nodes that found them know them.
            }
        }
        return formatted;
    }

    /** Where nodes don't answer a second time, each spells values of facets in its own way. */
    private void settleSpelling(Answered answered, ObjectNode body, AnswerBudget.Share share) {
        Search search = answered.search();
        for (FederatedSpelling disputed : search.call().disputedSpellings(answered.answers())) {
            List<ObjectNode> found = new ArrayList<>();
            for (Map.Entry<Integer, FacetSpelling> query : disputed.queries().entrySet()) {
                IndexView index = search.indexes().get(query.getKey());
                Coverage told =
                        searches.asks()
                                .ask(
                                        IndexAsks.What.SEARCH,
                                        index,
                                        ShardSet.all(index.topology().shards()),
                                        body,
                                        share,
                                        query.getValue()::nodeRequest);
                if (told.refusal().isPresent()) {
                    return;
                }
                found.addAll(told.answers());
            }
            disputed.settle(found);
        }
    }

    /** The answers that count as one server does; if they can't be had, those that there are. */
    private Answered counts(Answered answered, Map<Integer, PinnedHits> pinned) {
        Search search = answered.search();
        FederatedCall call = search.call().forCounts(answered.answers(), pinned).orElse(null);
        if (call == null) {
            return answered;
        }
        try {
            Answered counts = scatter.ask(search.with(call));
            return counts.isAsWholeAs(answered)
                    ? new Answered(
                            counts.search(),
                            call.withCounts(answered.answers(), counts.answers()),
                            answered.missing(),
                            answered.nodes())
                    : answered;
        } catch (ApiException _) {
            return answered;
        }
    }

    /** The documents that queries count, where nodes are asked for all, and tell all. */
    private Map<Integer, List<ObjectNode>> counting(
            Answered answered, Map<Integer, PinnedHits> pinned) {
        Search search = answered.search();
        FederatedCall all = search.call().forAll(answered.answers(), pinned).orElse(null);
        if (all == null) {
            return Map.of();
        }
        try {
            Answered found = scatter.ask(search.with(all));
            return found.isAsWholeAs(answered) ? all.counting(found.answers()) : Map.of();
        } catch (ApiException _) {
            return Map.of();
        }
    }

    /**
     * The answers to the search, its hybrid queries as one server with everything does them. Where
     * those can't be asked as widely as they were, what nodes said first is a good answer still.
     */
    private Answered byWordsWhereEnough(Answered hybrid, Map<Integer, PinnedHits> pinned) {
        Set<Integer> open = hybrid.search().call().perhapsByWords(hybrid.answers(), pinned);
        try {
            return open.isEmpty() ? hybrid : byWordsWhereEnough(hybrid, open, pinned);
        } catch (ApiException _) {
            return hybrid;
        }
    }

    private Answered byWordsWhereEnough(
            Answered hybrid, Set<Integer> open, Map<Integer, PinnedHits> pinned) {
        Search search = hybrid.search();
        Answered byWords = scatter.ask(search.with(search.call().byWords(open)));
        Set<Integer> enough = byWords.search().call().isByWords(byWords.answers(), pinned);
        if (enough.isEmpty() || !byWords.isAsWholeAs(hybrid)) {
            return hybrid;
        }
        if (enough.equals(open)) {
            return byWords;
        }
        Answered some = scatter.ask(search.with(search.call().byWords(enough)));
        return some.isAsWholeAs(hybrid) ? some : hybrid;
    }

    /** Clients are told of an index by the name that they used, which may be an alias. */
    private @Nullable IndexProfile profile(String name, String uid) {
        return searches.find(uid).map(index -> SearchJourney.profile(index, name)).orElse(null);
    }
}
