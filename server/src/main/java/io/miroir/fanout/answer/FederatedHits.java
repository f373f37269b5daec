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
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The hits of a federation as one server with everything lists them: the hits of each query over
 * all nodes, then the queries of each index, a document once, then the indexes.
 */
final class FederatedHits {
    private static final Comparator<Hit> ORDER =
            Comparator.comparing(Hit::ranked, FederatedOrder.INSTANCE);

    private final List<FederatedQuery> queries;
    private final @Nullable String distinct;
    private final Map<Integer, PinnedHits> pinned;
    private final SeenValues values = new SeenValues(SeenValues.As.SHOWN);
    private final List<SeenValues> valuesOfQueries = new ArrayList<>();
    private final Map<Integer, List<List<Hit>>> sources = new TreeMap<>();
    private final Set<Integer> formatted = new HashSet<>();

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
        queries.forEach(_ -> valuesOfQueries.add(new SeenValues(SeenValues.As.INDEXED)));
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
            if (HitView.isAnyFormatted(results.path(i).path("hits"))) {
                formatted.add(position);
            }
        }
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

    /** How many hits were passed over because of a distinct attribute, of those walked so far. */
    int duplicates() {
        return values.duplicates()
                + valuesOfQueries.stream().mapToInt(SeenValues::duplicates).sum();
    }

    /** All hits in their order; to be walked once. */
    Iterator<Hit> merged() {
        Map<String, List<Iterator<Hit>>> byIndex = new TreeMap<>();
        sources.forEach(
                (position, lists) ->
                        byIndex.computeIfAbsent(
                                        queries.get(position).index().physicalUid(),
                                        _ -> new ArrayList<>())
                                .add(ofQuery(position, lists)));
        List<Iterator<Hit>> indexes = new ArrayList<>();
        for (List<Iterator<Hit>> ofIndex : byIndex.values()) {
            Set<String> documents = new HashSet<>();
            indexes.add(
                    ofIndex.size() == 1
                            ? ofIndex.getFirst()
                            : new Kept<>(new Heads(ofIndex), hit -> isFirst(hit, documents)));
        }
        return new Pinning<>(
                new Kept<>(new Heads(indexes), this::hasNewValue),
                placed(List.copyOf(pinned.keySet())));
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

    private Iterator<Hit> ofQuery(int position, List<List<Hit>> lists) {
        Iterator<Hit> merged = all(position, lists);
        String own = queries.get(position).distinct();
        return own == null || distinct != null
                ? merged
                : unlike(merged, own, valuesOfQueries.get(position));
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

    private static Iterator<Hit> unlike(Iterator<Hit> hits, String attribute, SeenValues seen) {
        return new Kept<>(hits, hit -> !seen.isDuplicate(HitView.values(hit.json, attribute)));
    }

    /** What each node found by one query. */
    List<List<Ranked>> ofNodes(int position) {
        return sources.getOrDefault(position, List.of()).stream()
                .map(hits -> hits.stream().map(Hit::plain).toList())
                .toList();
    }

    /** The best hits of one query, as one server lists them before it federates. */
    List<Ranked> best(int position, int count) {
        Iterator<Hit> hits = all(position, sources.getOrDefault(position, List.of()));
        String own = distinct != null ? distinct : queries.get(position).distinct();
        Iterator<Hit> shown =
                own == null ? hits : unlike(hits, own, new SeenValues(SeenValues.As.INDEXED));
        Iterator<Hit> list = new Pinning<>(shown, placed(List.of(position)));
        List<Ranked> best = new ArrayList<>();
        while (best.size() < count && list.hasNext()) {
            best.add(list.next().plain());
        }
        return best;
    }

    /** Nodes do this for queries that they are asked together. */
    private boolean isFirst(Hit hit, Set<String> documents) {
        int position = hit.ranked.query();
        return queries.get(position).index().primaryKey() == null
                || documents.add(id(position, hit));
    }

    private String id(int position, Hit hit) {
        String key = queries.get(position).index().primaryKey();
        return key == null ? "" : HitView.id(hit.json, key);
    }

    private boolean hasNewValue(Hit hit) {
        return distinct == null || !values.isDuplicate(HitView.values(hit.json, distinct));
    }

    /**
     * Takes the best of the heads each time, the first of equal ones. The order is not total, so
     * that the way of looking decides: this is the original's.
     */
    private static final class Heads implements Iterator<Hit> {
        private final List<Iterator<Hit>> rest;
        private final List<@Nullable Hit> heads = new ArrayList<>();

        Heads(List<Iterator<Hit>> sources) {
            this.rest = sources;
            sources.forEach(source -> heads.add(source.hasNext() ? source.next() : null));
        }

        @Override
        public boolean hasNext() {
            return heads.stream().anyMatch(head -> head != null);
        }

        @Override
        public Hit next() {
            Hit best = null;
            int from = -1;
            for (int i = 0; i < heads.size(); i++) {
                Hit head = heads.get(i);
                if (head != null && (best == null || ORDER.compare(head, best) < 0)) {
                    best = head;
                    from = i;
                }
            }
            if (best == null) {
                throw new NoSuchElementException();
            }
            heads.set(from, rest.get(from).hasNext() ? rest.get(from).next() : null);
            return best;
        }
    }
}
