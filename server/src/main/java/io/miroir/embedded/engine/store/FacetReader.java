package io.miroir.embedded.engine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/** Values of attributes that are filtered, sorted or counted. */
public final class FacetReader {
    private final Snapshot snapshot;
    private final Map<String, StringColumn> strings = new ConcurrentHashMap<>();
    private final Map<String, NumberColumn> numbers = new ConcurrentHashMap<>();

    FacetReader(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** The texts of a path, by document. */
    public StringColumn strings(String path) {
        return strings.computeIfAbsent(path, p -> StringColumn.read(snapshot, p));
    }

    /** The numbers of a path, by document. */
    public NumberColumn numbers(String path) {
        return numbers.computeIfAbsent(path, p -> NumberColumn.read(snapshot, p));
    }

    /** Faceted paths that some document has, whatever its value there; sorted. */
    public SortedSet<String> paths() {
        SortedSet<String> paths = new TreeSet<>();
        BytesRef prefix = Keys.exists("");
        try {
            org.apache.lucene.index.Terms terms =
                    MultiTerms.getTerms(snapshot.reader(), Keys.MARKS);
            if (terms == null) {
                return paths;
            }
            TermsEnum term = terms.iterator();
            if (term.seekCeil(prefix) == TermsEnum.SeekStatus.END) {
                return paths;
            }
            for (BytesRef mark = term.term();
                    mark != null && StringHelper.startsWith(mark, prefix);
                    mark = term.next()) {
                paths.add(mark.utf8ToString().substring(1));
            }
            return paths;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** How many documents have each field at their top. */
    public Map<String, Long> fieldDistribution() {
        Map<String, Long> distribution = new TreeMap<>();
        BytesRef prefix = Keys.topField("");
        try {
            org.apache.lucene.index.Terms terms =
                    MultiTerms.getTerms(snapshot.reader(), Keys.MARKS);
            if (terms == null) {
                return distribution;
            }
            TermsEnum term = terms.iterator();
            if (term.seekCeil(prefix) == TermsEnum.SeekStatus.END) {
                return distribution;
            }
            for (BytesRef mark = term.term();
                    mark != null && StringHelper.startsWith(mark, prefix);
                    mark = term.next()) {
                long count = count(mark, term);
                if (count > 0) {
                    distribution.put(mark.utf8ToString().substring(1), count);
                }
            }
            return distribution;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private long count(BytesRef mark, TermsEnum term) throws IOException {
        if (!snapshot.reader().hasDeletions()) {
            return term.docFreq();
        }
        long count = 0;
        for (LeafReaderContext leaf : snapshot.leaves()) {
            PostingsEnum postings = Terms.postings(leaf, Keys.MARKS, mark, PostingsEnum.NONE);
            if (postings == null) {
                continue;
            }
            int doc;
            while ((doc = postings.nextDoc()) != DocIdSetIterator.NO_MORE_DOCS) {
                if (snapshot.live().get(leaf.docBase + doc)) {
                    count++;
                }
            }
        }
        return count;
    }
}
