package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.Keys;
import io.miroir.embedded.engine.store.WordHits;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** An attribute that is the query is best, then one that begins with it. */
final class ExactAttributeRule implements Rule {
    private static final int COUNTED_WORDS_MAX = 254;

    private final Lookup lookup;
    private final Map<Attribute, FixedBitSet> counted = new HashMap<>();

    ExactAttributeRule(Lookup lookup) {
        this.lookup = lookup;
    }

    /** Attributes of a path that have so many words. */
    private record Attribute(int path, int words) {}

    /** A word that must stand at a position. */
    private record Wanted(WordHits hits, CostRule.Cursor cursor, int position) {}

    @Override
    public Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wantedDocs) {
        SortedMap<Integer, Node> terms = new TreeMap<>();
        for (Path path : paths) {
            for (Node node : path.nodes()) {
                if (node.term().exactTerm(node.subset()) != null) {
                    terms.putIfAbsent(node.firstTerm(), node);
                }
            }
        }
        List<Wanted> wanted = hasHole(terms) ? List.of() : wanted(terms);
        int words = 0;
        for (Node node : terms.values()) {
            words += node.term().end() - node.term().start() + 1;
        }
        Score.Exact[] matches = new Score.Exact[docs.length];
        for (int i = 0; i < docs.length; i++) {
            matches[i] =
                    wanted.isEmpty() ? Score.Exact.NO_EXACT_MATCH : match(docs[i], wanted, words);
        }
        List<Bucket> buckets = new ArrayList<>();
        for (Score.Exact match :
                List.of(
                        Score.Exact.EXACT_MATCH,
                        Score.Exact.MATCHES_START,
                        Score.Exact.NO_EXACT_MATCH)) {
            int[] own =
                    IntStream.range(0, docs.length)
                            .filter(i -> matches[i] == match)
                            .map(i -> docs[i])
                            .toArray();
            if (own.length > 0) {
                buckets.add(new Bucket(own, paths, match));
            }
        }
        return buckets.iterator();
    }

    /** Whether a term of the query is missing between those that are known as they are. */
    private static boolean hasHole(SortedMap<Integer, Node> terms) {
        int expected = 0;
        for (int first : terms.keySet()) {
            if (first > expected) {
                return true;
            }
            expected = first + 1;
        }
        return terms.isEmpty();
    }

    private List<Wanted> wanted(SortedMap<Integer, Node> terms) {
        List<Wanted> wanted = new ArrayList<>();
        for (Node node : terms.values()) {
            Phrase phrase = node.term().exactTerm(node.subset());
            List<@Nullable String> words = phrase == null ? List.of() : phrase.words();
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                if (word != null) {
                    WordHits hits = lookup.hits(word, true);
                    wanted.add(
                            new Wanted(
                                    hits,
                                    new CostRule.Cursor(hits.docs()),
                                    node.term().start() + i));
                }
            }
        }
        return wanted;
    }

    /** Documents must be asked for in ascending order. */
    private Score.Exact match(int doc, List<Wanted> wanted, int words) {
        BitSet shared = null;
        for (Wanted one : wanted) {
            int index = one.cursor.indexOf(doc);
            if (index < 0) {
                return Score.Exact.NO_EXACT_MATCH;
            }
            boolean inPlace = false;
            BitSet attributes = new BitSet();
            for (int p = one.hits.from()[index]; p < one.hits.from()[index + 1]; p++) {
                int place = one.hits.places()[p];
                inPlace |= PositionRule.bucket(place & 0xFFFF) == PositionRule.bucket(one.position);
                attributes.set(place >>> 16);
            }
            if (!inPlace) {
                return Score.Exact.NO_EXACT_MATCH;
            }
            if (shared == null) {
                shared = attributes;
            } else {
                shared.and(attributes);
            }
        }
        if (shared == null || shared.isEmpty()) {
            return Score.Exact.NO_EXACT_MATCH;
        }
        for (int path = shared.nextSetBit(0); path >= 0; path = shared.nextSetBit(path + 1)) {
            if (words <= COUNTED_WORDS_MAX && withCount(path, words).get(doc)) {
                return Score.Exact.EXACT_MATCH;
            }
        }
        return Score.Exact.MATCHES_START;
    }

    private FixedBitSet withCount(int path, int words) {
        return counted.computeIfAbsent(
                new Attribute(path, words),
                a -> lookup.snapshot().marked(Keys.wordCount(a.path, a.words)));
    }
}
