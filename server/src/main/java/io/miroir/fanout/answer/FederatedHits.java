package io.miroir.fanout.answer;

import io.miroir.core.merge.FederatedOrder;
import io.miroir.core.merge.KWayMerge;
import io.miroir.core.merge.Kept;
import io.miroir.core.merge.Pinning;
import io.miroir.core.merge.Pinning.Pinned;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.Utf8Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What nodes found by the queries of a federation, each query by itself. */
final class FederatedHits {
    static final Comparator<Hit> ORDER = Comparator.comparing(Hit::ranked, FederatedOrder.INSTANCE);

    private final List<FederatedQuery> queries;
    private final @Nullable String distinct;
    private final Map<Integer, PinnedHits> pinned;
    private final Map<Integer, List<List<Hit>>> sources = new TreeMap<>();
    private final Set<Integer> formatted = new HashSet<>();
    private final Set<Integer> cut = new HashSet<>();
    private final Map<Integer, Long> totals = new HashMap<>();

    /**
     * A hit of a node.
     *
     * @param plain its rank among the hits of its query
     * @param ranked its rank among all, its query's position that of the client
     */
    record Hit(ObjectNode json, Ranked plain, Ranked ranked) {}

    /**
     * No hits yet.
     *
     * @param distinct the attribute of which each value is shown once, over all queries
     * @param pinned what has places of its own, by the positions of queries
     */
    FederatedHits(
            List<FederatedQuery> queries,
            @Nullable String distinct,
            Map<Integer, PinnedHits> pinned) {
        this.queries = queries;
        this.distinct = distinct;
        this.pinned = pinned;
    }

    /**
     * Adds what a node found.
     *
     * @param results one of each query that the node was asked
     * @param positions the client's positions of these queries
     */
    void add(JsonNode results, List<Integer> positions) {
        for (int i = 0; i < positions.size(); i++) {
            int position = positions.get(i);
            double weight = queries.get(position).weight();
            List<Hit> hits = new ArrayList<>();
            for (JsonNode node : results.path(i).path("hits")) {
                ObjectNode hit = (ObjectNode) node;
                Ranked plain = ScoreDetails.read(hit);
                hits.add(hit(hit, plain, ScoreDetails.federated(plain, position, weight)));
            }
            sources.computeIfAbsent(position, _ -> new ArrayList<>()).add(hits);
            totals.merge(position, Paging.total(results.path(i)), Long::sum);
            if (!SearchHits.isWhole(results.path(i))) {
                cut.add(position);
            }
            if (HitView.isAnyFormatted(results.path(i).path("hits"))) {
                formatted.add(position);
            }
        }
    }

    /** Makes the scores of each query's hits those of one server. */
    static void alignScores(List<FederatedCall.NodeAnswer> answers) {
        Map<Integer, List<JsonNode>> ofQueries = new HashMap<>();
        for (FederatedCall.NodeAnswer node : answers) {
            if (node.purpose().countsOf() == null) {
                List<Integer> positions = FederatedCall.positions(node.parts());
                for (int i = 0; i < positions.size(); i++) {
                    List<JsonNode> hits =
                            ofQueries.computeIfAbsent(positions.get(i), _ -> new ArrayList<>());
                    node.json().path(FederatedCall.RESULTS).path(i).path("hits").forEach(hits::add);
                }
            }
        }
        ofQueries.values().forEach(TypoScale::align);
    }

    /** How many documents nodes count of each query, by its position. */
    Map<Integer, Long> totals() {
        return totals;
    }

    /** Whether nodes found something by a query. */
    boolean hasSome(int position) {
        return sources.getOrDefault(position, List.of()).stream().anyMatch(one -> !one.isEmpty());
    }

    /**
     * Whether one server has all hits that it wants of a query, the best before all others.
     *
     * @param counted whether it is counted besides; else a node that has as many says what counts
     */
    boolean isFull(int position, Paging paging, boolean counted) {
        int end = paging.end(queries.get(position).index().totalHitsMax());
        List<List<Hit>> ofNodes = sources.getOrDefault(position, List.of());
        return ofNodes.stream().mapToInt(List::size).sum() >= end
                && (counted || ofNodes.stream().anyMatch(hits -> hits.size() < end))
                && ofNodes.stream()
                        .flatMap(List::stream)
                        .noneMatch(hit -> hit.plain.isSortedFirst());
    }

    /** Whether the hits of a query are formatted. */
    boolean isFormatted(int position) {
        return formatted.contains(position);
    }

    private Hit hit(ObjectNode json, Ranked plain, Ranked ranked) {
        json.putObject(FederatedCall.HIT_FEDERATION)
                .put(FederatedCall.INDEX, queries.get(ranked.query()).index().uid())
                .put("queriesPosition", ranked.query())
                .put("weightedRankingScore", ranked.score());
        return new Hit(json, plain, ranked);
    }

    /**
     * The list of all.
     *
     * @param narrowed whether a query, by its position, leaves out what nodes count where they
     *     aren't asked for hits
     * @param counting all documents of queries that count, by their positions, as far as nodes were
     *     asked for them besides
     */
    FederatedList list(
            Paging paging, IntPredicate narrowed, Map<Integer, List<ObjectNode>> counting) {
        Map<Integer, FederatedList.OfQuery> found = new TreeMap<>();
        for (int position : sources.keySet()) {
            FederatedList.OfQuery query = ofQuery(position, paging, narrowed.test(position));
            List<ObjectNode> all = counting.get(position);
            found.put(
                    position,
                    all == null
                            ? query
                            : new FederatedList.OfQuery(query.shown(), all, query.duplicates()));
        }
        return new FederatedList(
                this, found, distinct, paging, placed(List.copyOf(pinned.keySet())));
    }

    private FederatedList.OfQuery ofQuery(int position, Paging paging, boolean narrowed) {
        FederatedQuery query = queries.get(position);
        ShownOnce<Hit> hits = onceInQuery(position);
        int end = paging.end(query.index().totalHitsMax());
        List<Hit> shown = hits.take(end);
        List<Hit> rest = narrowed ? hits.rest(paging.counted()) : List.of();
        boolean metAll = paging.counted() || !query.hasThreshold() || shown.size() < end;
        boolean settled =
                narrowed
                        && rest.isEmpty()
                        && !query.view().lacksCounted()
                        && metAll
                        && !cut.contains(position)
                        && !pinned.containsKey(position)
                        && !query.isHybrid();
        List<ObjectNode> documents = settled ? shown.stream().map(Hit::json).toList() : null;
        return new FederatedList.OfQuery(shown, documents, hits.duplicates());
    }

    private ShownOnce<Hit> onceInQuery(int position) {
        List<List<Hit>> lists = sources.getOrDefault(position, List.of());
        String own = distinct != null ? distinct : queries.get(position).distinct();
        return new ShownOnce<>(all(position, lists), Hit::json, own, SeenValues.As.INDEXED);
    }

    /** The index of a query. */
    IndexProfile index(int position) {
        return queries.get(position).index();
    }

    /** What is pinned in some queries: at the same place indexes go by name, then queries. */
    private List<Pinned<Hit>> placed(List<Integer> positions) {
        Comparator<Integer> byIndex =
                Comparator.comparing(
                        position -> queries.get(position).index().uid(), Utf8Order.ASCENDING);
        List<Pinned<Hit>> placed = new ArrayList<>();
        for (int position :
                positions.stream()
                        .sorted(byIndex.thenComparing(Comparator.naturalOrder()))
                        .toList()) {
            Ranked plain = ScoreDetails.pinned(position);
            Ranked ranked = ScoreDetails.federated(plain, position, queries.get(position).weight());
            for (Pinned<ObjectNode> pin : ofQuery(position).hits()) {
                placed.add(new Pinned<>(pin.position(), hit(pin.element(), plain, ranked)));
            }
        }
        placed.sort(Comparator.comparingLong(Pinned::position));
        return placed;
    }

    private PinnedHits ofQuery(int position) {
        return pinned.getOrDefault(position, PinnedHits.NONE);
    }

    private Iterator<Hit> all(int position, List<List<Hit>> lists) {
        Comparator<Hit> order =
                HybridQuery.order(queries.get(position).client())
                        .map(hybrid -> Comparator.comparing(Hit::plain, hybrid))
                        .orElse(ORDER);
        Iterator<Hit> merged = new KWayMerge<>(lists.stream().map(List::iterator).toList(), order);
        Set<String> shown = ofQuery(position).ids();
        // What was written since it was looked up is another document for the nodes.
        return shown.isEmpty()
                ? merged
                : new Kept<>(merged, hit -> !shown.contains(id(position, hit)));
    }

    /** What each node found by one query. */
    List<List<Ranked>> ofNodes(int position) {
        return sources.getOrDefault(position, List.of()).stream()
                .map(hits -> hits.stream().map(Hit::plain).toList())
                .toList();
    }

    /** The best hits of one query, as one server lists them before it federates. */
    List<Ranked> best(int position, int count) {
        Iterator<Hit> list = new Pinning<>(onceInQuery(position), placed(List.of(position)));
        return KWayMerge.take(list, count).stream().map(Hit::plain).toList();
    }

    /** The primary key of a hit as text. */
    String id(Hit hit) {
        return id(hit.ranked.query(), hit);
    }

    private String id(int position, Hit hit) {
        String key = queries.get(position).index().primaryKey();
        return key == null ? "" : HitView.id(hit.json, key);
    }
}
