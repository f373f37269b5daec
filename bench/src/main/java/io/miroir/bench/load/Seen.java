package io.miroir.bench.load;

import io.miroir.bench.tools.Histogram;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What clients saw in one phase. Many threads tell. */
final class Seen {
    private static final int EXAMPLES_MAX = 3;

    private final Histogram searches = new Histogram();
    private final Histogram writes = new Histogram();
    private final Map<KnownSearch.Flaw, Long> flaws = new EnumMap<>(KnownSearch.Flaw.class);
    private final Collection<String> examples = new ArrayDeque<>();
    private long writesFailed;

    void search(long nanos) {
        searches.add(nanos);
    }

    void write(long nanos) {
        writes.add(nanos);
    }

    synchronized void flawed(KnownSearch.Flaw flaw, String what) {
        flaws.merge(flaw, 1L, Long::sum);
        example(flaw + ": " + what);
    }

    synchronized void writeFailed(String what) {
        writesFailed++;
        example("write: " + what);
    }

    private void example(String what) {
        if (examples.size() < EXAMPLES_MAX) {
            examples.add(what);
        }
    }

    /** Of all searches that were answered. */
    Histogram searches() {
        return searches;
    }

    /** Of all writes that were taken. */
    Histogram writes() {
        return writes;
    }

    synchronized long writesFailed() {
        return writesFailed;
    }

    synchronized Map<KnownSearch.Flaw, Long> flaws() {
        return new EnumMap<>(flaws);
    }

    /** The first few things that went wrong. */
    synchronized List<String> examples() {
        return List.copyOf(examples);
    }
}
