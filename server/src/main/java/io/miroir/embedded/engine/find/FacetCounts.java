package io.miroir.embedded.engine.find;

import io.miroir.api.Json;
import io.miroir.api.JsonText;
import io.miroir.api.settings.Patterns;
import io.miroir.embedded.engine.SearchAnswer;
import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.store.NumberColumn;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.StringColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import tools.jackson.databind.node.ObjectNode;

/** Counts the values of facets over the documents that match. */
public final class FacetCounts {
    /** Up to so many documents, numbers are put in the order of their texts. */
    private static final int TEXT_ORDER_DOCS_MAX = 3_000;

    private final Snapshot snapshot;
    private final IndexSettings settings;
    private final FixedBitSet docs;

    /** Counts over some documents. */
    public FacetCounts(Snapshot snapshot, FixedBitSet docs) {
        this.snapshot = snapshot;
        this.settings = snapshot.settings();
        this.docs = docs;
    }

    /** A value and how many documents have it. */
    private record Count(String value, long count) {}

    /** Counts the values of all facets that patterns name. */
    public SearchAnswer.Facets count(List<String> patterns) {
        SortedSet<String> known = snapshot.facets().paths();
        SortedSet<String> named = new TreeSet<>();
        for (String path : known) {
            boolean matched =
                    patterns.stream().anyMatch(p -> Patterns.match(p, path) == Patterns.Match.FULL);
            if (matched && settings.isFilterable(path)) {
                named.add(path);
            }
        }
        ObjectNode distribution = Json.object();
        ObjectNode stats = Json.object();
        for (String path : known) {
            if (Patterns.isWithinAny(path, named) && settings.isFilterable(path)) {
                ObjectNode values = distribution.putObject(path);
                values(path).forEach(count -> values.put(count.value, count.count));
                stats(path, stats);
            }
        }
        return new SearchAnswer.Facets(distribution, stats);
    }

    private void stats(String path, ObjectNode stats) {
        NumberColumn numbers = snapshot.facets().numbers(path);
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        if (numbers.isEmpty()) {
            return;
        }
        for (int doc = docs.nextSetBit(0); doc != END; doc = next(doc)) {
            int count = numbers.count(doc);
            if (count > 0) {
                least = Math.min(least, numbers.value(doc, 0));
                greatest = Math.max(greatest, numbers.value(doc, count - 1));
            }
        }
        if (least <= greatest) {
            stats.putObject(path).put("min", least).put("max", greatest);
        }
    }

    private static final int END = DocIdSetIterator.NO_MORE_DOCS;

    private int next(int doc) {
        return doc + 1 >= docs.length() ? END : docs.nextSetBit(doc + 1);
    }

    private List<Count> values(String path) {
        boolean byCount = settings.isFacetByCount(path);
        List<Count> all = new ArrayList<>(numbers(path, byCount));
        all.addAll(strings(path, byCount));
        return all.subList(0, Math.min(all.size(), settings.maxValuesPerFacet()));
    }

    private List<Count> numbers(String path, boolean byCount) {
        NumberColumn column = snapshot.facets().numbers(path);
        if (column.isEmpty()) {
            return List.of();
        }
        Map<Double, Long> counts = new HashMap<>();
        for (int doc = docs.nextSetBit(0); doc != END; doc = next(doc)) {
            for (int i = 0; i < column.count(doc); i++) {
                counts.merge(column.value(doc, i), 1L, Long::sum);
            }
        }
        boolean asText = !byCount && docs.cardinality() <= TEXT_ORDER_DOCS_MAX;
        List<Double> values = new ArrayList<>(counts.keySet());
        Comparator<Double> order = Comparator.naturalOrder();
        if (asText) {
            order = Comparator.comparing(JsonText::plain);
        } else if (byCount) {
            order =
                    Comparator.comparing((Double value) -> counts.getOrDefault(value, 0L))
                            .thenComparing(Comparator.naturalOrder())
                            .reversed();
        }
        values.sort(order);
        return values.stream()
                .map(v -> new Count(JsonText.plain(v), counts.getOrDefault(v, 0L)))
                .toList();
    }

    private List<Count> strings(String path, boolean byCount) {
        StringColumn column = snapshot.facets().strings(path);
        if (column.isEmpty()) {
            return List.of();
        }
        int[] counts = new int[column.size()];
        int[] spelling = new int[column.size()];
        Arrays.fill(spelling, -1);
        for (int doc = docs.nextSetBit(0); doc != END; doc = next(doc)) {
            for (int i = 0; i < column.count(doc); i++) {
                int ordinal = column.ordinal(doc, i);
                int group = column.group(ordinal);
                counts[group]++;
                spelling[group] = spelling[group] < 0 ? ordinal : spelling[group];
            }
        }
        List<Integer> groups = new ArrayList<>();
        for (int group = 0; group < counts.length; group++) {
            if (counts[group] > 0) {
                groups.add(group);
            }
        }
        if (byCount) {
            groups.sort(
                    Comparator.comparingInt((Integer group) -> counts[group])
                            .thenComparing(Comparator.naturalOrder())
                            .reversed());
        }
        StringColumn.Reader reader = column.reader();
        return groups.stream()
                .limit(settings.maxValuesPerFacet())
                .map(group -> new Count(reader.original(spelling[group]), counts[group]))
                .toList();
    }
}
