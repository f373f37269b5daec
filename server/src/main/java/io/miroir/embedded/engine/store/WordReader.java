package io.miroir.embedded.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.CompiledAutomaton;
import org.apache.lucene.util.automaton.LevenshteinAutomata;
import org.apache.lucene.util.automaton.Operations;

/**
 * The dictionary of an index, and where its words stand. Keeps a bounded number of them at hand.
 */
public final class WordReader {
    private static final long CACHE_BYTES_MAX = 8L << 20;

    private final Snapshot snapshot;
    private final Map<String, WordHits> cache = new LinkedHashMap<>(64, 0.75f, true);
    private long cacheBytes;

    WordReader(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Whether some document holds the word. */
    public boolean contains(String word) {
        return hits(word, true).size() > 0;
    }

    /**
     * Where a word stands.
     *
     * @param exactAttributes whether attributes without typo tolerance count as well
     */
    public WordHits hits(String word, boolean exactAttributes) {
        String key = (exactAttributes ? "x" : "w") + word;
        synchronized (cache) {
            WordHits known = cache.get(key);
            if (known != null) {
                return known;
            }
        }
        WordHits hits = read(word, exactAttributes);
        synchronized (cache) {
            if (cache.put(key, hits) == null) {
                cacheBytes += hits.bytes();
            }
            var oldest = cache.entrySet().iterator();
            while (cacheBytes > CACHE_BYTES_MAX && cache.size() > 1) {
                cacheBytes -= oldest.next().getValue().bytes();
                oldest.remove();
            }
        }
        return hits;
    }

    private WordHits read(String word, boolean exactAttributes) {
        try {
            BytesRef term = new BytesRef(word);
            WordHits.Builder hits = new WordHits.Builder();
            for (LeafReaderContext leaf : snapshot.leaves()) {
                PostingsEnum tolerant =
                        Terms.postings(leaf, Keys.WORDS, term, PostingsEnum.POSITIONS);
                PostingsEnum exact =
                        exactAttributes
                                ? Terms.postings(
                                        leaf, Keys.EXACT_WORDS, term, PostingsEnum.POSITIONS)
                                : null;
                if (exact == null && tolerant != null) {
                    one(leaf, tolerant, hits);
                } else if (exact != null && tolerant == null) {
                    one(leaf, exact, hits);
                } else if (exact != null && tolerant != null) {
                    both(leaf, tolerant, exact, hits);
                }
            }
            return hits.build();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void one(LeafReaderContext leaf, PostingsEnum postings, WordHits.Builder hits)
            throws IOException {
        int doc;
        while ((doc = postings.nextDoc()) != DocIdSetIterator.NO_MORE_DOCS) {
            if (snapshot.live().get(leaf.docBase + doc)) {
                hits.doc(leaf.docBase + doc);
                places(postings, hits);
            }
        }
    }

    private void both(LeafReaderContext leaf, PostingsEnum a, PostingsEnum b, WordHits.Builder hits)
            throws IOException {
        int docA = a.nextDoc();
        int docB = b.nextDoc();
        while (docA != DocIdSetIterator.NO_MORE_DOCS || docB != DocIdSetIterator.NO_MORE_DOCS) {
            int doc = Math.min(docA, docB);
            boolean counted = snapshot.live().get(leaf.docBase + doc);
            if (counted) {
                hits.doc(leaf.docBase + doc);
            }
            if (docA == doc) {
                if (counted) {
                    places(a, hits);
                }
                docA = a.nextDoc();
            }
            if (docB == doc) {
                if (counted) {
                    places(b, hits);
                }
                docB = b.nextDoc();
            }
        }
    }

    private static void places(PostingsEnum postings, WordHits.Builder hits) throws IOException {
        int count = postings.freq();
        for (int i = 0; i < count; i++) {
            hits.place(postings.nextPosition());
        }
    }

    /** Words that begin with this one, itself left out, in order of their bytes. */
    public List<String> startingWith(String prefix, int countMax) {
        TreeSet<BytesRef> found = new TreeSet<>();
        BytesRef start = new BytesRef(prefix);
        for (String field : List.of(Keys.WORDS, Keys.EXACT_WORDS)) {
            try {
                org.apache.lucene.index.Terms terms = MultiTerms.getTerms(snapshot.reader(), field);
                if (terms == null) {
                    continue;
                }
                TermsEnum term = terms.iterator();
                int count = 0;
                if (term.seekCeil(start) == TermsEnum.SeekStatus.END) {
                    continue;
                }
                for (BytesRef word = term.term();
                        word != null && count < countMax && StringHelper.startsWith(word, start);
                        word = term.next()) {
                    if (!word.bytesEquals(start) && isLive(field, word)) {
                        found.add(BytesRef.deepCopyOf(word));
                        count++;
                    }
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return found.stream().limit(countMax).map(BytesRef::utf8ToString).toList();
    }

    /**
     * Words at most so many typos away, in order of their bytes.
     *
     * @param prefix whether only a word's beginning need be near
     * @param wanted what words must pass; {@code countMax} bounds those that do
     */
    public List<String> near(
            String word, int typos, boolean prefix, Predicate<String> wanted, int countMax) {
        LevenshteinAutomata builder = new LevenshteinAutomata(word, true);
        var automaton = builder.toAutomaton(typos);
        if (prefix) {
            automaton =
                    Operations.determinize(
                            Operations.concatenate(List.of(automaton, Automata.makeAnyString())),
                            AUTOMATON_WORK_MAX);
        }
        CompiledAutomaton compiled = new CompiledAutomaton(automaton, false, true);
        List<String> found = new ArrayList<>();
        try {
            org.apache.lucene.index.Terms terms =
                    MultiTerms.getTerms(snapshot.reader(), Keys.WORDS);
            if (terms == null) {
                return found;
            }
            TermsEnum term = terms.intersect(compiled, null);
            for (BytesRef bytes = term.next();
                    bytes != null && found.size() < countMax;
                    bytes = term.next()) {
                String candidate = bytes.utf8ToString();
                if (wanted.test(candidate) && isLive(Keys.WORDS, bytes)) {
                    found.add(candidate);
                }
            }
            return found;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Steps that making an automaton may take; words are short, so it is never reached. */
    private static final int AUTOMATON_WORK_MAX = 1_000_000;

    /** Whether some document that is not deleted holds the word. */
    private boolean isLive(String field, BytesRef word) throws IOException {
        if (!snapshot.reader().hasDeletions()) {
            return true;
        }
        for (LeafReaderContext leaf : snapshot.leaves()) {
            PostingsEnum postings = Terms.postings(leaf, field, word, PostingsEnum.NONE);
            if (postings == null) {
                continue;
            }
            int doc;
            while ((doc = postings.nextDoc()) != DocIdSetIterator.NO_MORE_DOCS) {
                if (snapshot.live().get(leaf.docBase + doc)) {
                    return true;
                }
            }
        }
        return false;
    }
}
