package io.miroir.fanout.answer;

import io.miroir.core.merge.KWayMerge;
import io.miroir.core.merge.Kept;
import io.miroir.core.merge.Pinning;
import io.miroir.core.merge.Pinning.Pinned;
import io.miroir.fanout.answer.FederatedHits.Hit;
import io.miroir.fanout.answer.SeenValues.As;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The list of a federation as one server with everything makes it: that of each query, then that of
 * each index, a document once, then that of all. Each is as long as the page is deep.
 */
final class FederatedList {
    private final FederatedHits hits;
    private final Paging paging;
    private final Map<String, OfIndex> indexes = new TreeMap<>();
    private final ShownOnce<Hit> all;
    private final Iterator<Hit> list;

    /**
     * What one query finds.
     *
     * @param shown as many as the page is deep
     * @param documents all that count; null if they aren't known
     * @param duplicates what nodes counted besides
     */
    record OfQuery(List<Hit> shown, @Nullable List<ObjectNode> documents, List<Hit> duplicates) {}

    /**
     * What the queries of one index find.
     *
     * @param shown as many as the page is deep
     * @param documents all that count, by their keys; null if they aren't known
     * @param duplicates what nodes counted besides, as far as that is known
     */
    record OfIndex(List<Hit> shown, @Nullable Map<String, ObjectNode> documents, int duplicates) {}

    /**
     * The list.
     *
     * @param queries what was found, by the positions of queries
     * @param distinct the attribute of which each value is shown once, over all queries
     * @param pinned what has places of its own
     */
    FederatedList(
            FederatedHits hits,
            Map<Integer, OfQuery> queries,
            @Nullable String distinct,
            Paging paging,
            List<Pinned<Hit>> pinned) {
        this.hits = hits;
        this.paging = paging;
        Map<String, Map<Integer, OfQuery>> byIndex = new TreeMap<>();
        queries.forEach(
                (position, query) ->
                        byIndex.computeIfAbsent(
                                        hits.index(position).physicalUid(), _ -> new TreeMap<>())
                                .put(position, query));
        byIndex.forEach((uid, found) -> indexes.put(uid, ofIndex(found, distinct)));
        this.all =
                new ShownOnce<>(
                        new Heads(
                                indexes.values().stream()
                                        .map(index -> index.shown.iterator())
                                        .toList()),
                        Hit::json,
                        distinct,
                        As.SHOWN);
        this.list = new Pinning<>(all, pinned);
    }

    private OfIndex ofIndex(Map<Integer, OfQuery> queries, @Nullable String distinct) {
        IndexProfile index = hits.index(queries.keySet().iterator().next());
        Iterator<Hit> merged =
                new Heads(queries.values().stream().map(q -> q.shown.iterator()).toList());
        Set<String> seen = new HashSet<>();
        Iterator<Hit> documents =
                queries.size() == 1 || index.primaryKey() == null
                        ? merged
                        : new Kept<>(merged, hit -> seen.add(hits.id(hit)));
        ShownOnce<Hit> once = new ShownOnce<>(documents, Hit::json, distinct, As.SHOWN);
        List<Hit> shown = once.take(paging.end(index.totalHitsMax()));
        return new OfIndex(
                shown,
                known(index, queries.values(), once.duplicates()),
                leftOut(queries.values(), once.duplicates(), shown));
    }

    /** How many documents are left out of the list of an index; some queries may show them. */
    private int leftOut(Collection<OfQuery> queries, List<Hit> duplicates, List<Hit> shown) {
        if (queries.size() == 1) {
            return duplicates.size() + queries.iterator().next().duplicates.size();
        }
        Set<String> leftOut = new HashSet<>();
        duplicates.forEach(hit -> leftOut.add(hits.id(hit)));
        for (OfQuery query : queries) {
            query.duplicates.forEach(hit -> leftOut.add(hits.id(hit)));
        }
        shown.forEach(hit -> leftOut.remove(hits.id(hit)));
        return leftOut.size();
    }

    /** All that count, by their keys; null if not all are known. */
    private static @Nullable Map<String, ObjectNode> known(
            IndexProfile index, Collection<OfQuery> queries, List<Hit> duplicates) {
        String key = index.primaryKey();
        if (key == null) {
            return null;
        }
        Map<String, ObjectNode> byKey = new HashMap<>();
        for (OfQuery query : queries) {
            if (query.documents == null) {
                return null;
            }
            query.documents.forEach(document -> byKey.put(HitView.id(document, key), document));
        }
        duplicates.forEach(hit -> byKey.remove(HitView.id(hit.json(), key)));
        return byKey;
    }

    /** What the queries of each index find, by its name of nodes. */
    Map<String, OfIndex> indexes() {
        return indexes;
    }

    /** What nodes counted besides, as far as that is known, in the queries of some indexes. */
    long duplicates(Predicate<String> ofIndex) {
        return indexes.entrySet().stream()
                .filter(index -> ofIndex.test(index.getKey()))
                .mapToLong(index -> index.getValue().duplicates)
                .sum();
    }

    /** The first hits; to be asked once. */
    List<Hit> take(int count) {
        return KWayMerge.take(list, count);
    }

    /** The documents of indexes, for which the list is walked to its end. */
    FederatedFacets.Documents documents() {
        while (all.hasNext()) {
            all.next();
        }
        Map<String, List<ObjectNode>> known = new HashMap<>();
        indexes.forEach(
                (uid, index) -> {
                    if (index.documents != null) {
                        List<ObjectNode> oldestFirst = new ArrayList<>(index.documents.values());
                        oldestFirst.sort(Comparator.comparing(ScoreDetails::tie));
                        known.put(uid, oldestFirst);
                    }
                });
        Map<String, List<ObjectNode>> duplicates = new TreeMap<>();
        for (Hit hit : all.duplicates()) {
            String uid = hits.index(hit.ranked().query()).physicalUid();
            OfIndex index = indexes.get(uid);
            // Hits may lack what is counted.
            Map<String, ObjectNode> documents =
                    index == null || index.documents == null ? Map.of() : index.documents;
            duplicates
                    .computeIfAbsent(uid, _ -> new ArrayList<>())
                    .add(documents.getOrDefault(hits.id(hit), hit.json()));
        }
        return new FederatedFacets.Documents(known, duplicates);
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
                if (head != null && (best == null || FederatedHits.ORDER.compare(head, best) < 0)) {
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
