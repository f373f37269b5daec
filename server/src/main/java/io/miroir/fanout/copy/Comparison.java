package io.miroir.fanout.copy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How two nodes differ: both are read in the order of their documents' sequence numbers, side by
 * side, so that only a page of each is in memory.
 */
public final class Comparison {
    private final SequenceReader source;
    private final SequenceReader target;
    private final String horizon;

    /** What the target lacks or has too much, at one sequence number. */
    public sealed interface Step {
        /** Where to go on behind. */
        String seq();

        /** Both have it. */
        record Same(String seq) implements Step {}

        /** The target has to get it: it has none of this sequence number, or another one. */
        record Lacking(StoredDocument document) implements Step {
            @Override
            public String seq() {
                return document.seq();
            }
        }

        /** The target has to lose it. */
        record Extra(StoredDocument document) implements Step {
            @Override
            public String seq() {
                return document.seq();
            }
        }
    }

    /**
     * Compares up to a sequence number.
     *
     * @param horizon inclusive; all that was written up to there is on both nodes, or will never be
     */
    public Comparison(SequenceReader source, SequenceReader target, String horizon) {
        this.source = source;
        this.target = target;
        this.horizon = horizon;
    }

    /** The next sequence number of either; empty at the horizon. */
    public Optional<Step> next() {
        StoredDocument wanted = within(source.peek());
        StoredDocument found = within(target.peek());
        if (wanted == null && found == null) {
            return Optional.empty();
        }
        int order = order(wanted, found);
        if (order <= 0) {
            source.skip();
        }
        if (order >= 0) {
            target.skip();
        }
        return Optional.of(step(order <= 0 ? wanted : null, order >= 0 ? found : null));
    }

    private static Step step(@Nullable StoredDocument wanted, @Nullable StoredDocument found) {
        if (wanted == null) {
            return new Step.Extra(Objects.requireNonNull(found));
        }
        return found != null && wanted.same(found)
                ? new Step.Same(wanted.seq())
                : new Step.Lacking(wanted);
    }

    private static int order(@Nullable StoredDocument wanted, @Nullable StoredDocument found) {
        if (wanted == null || found == null) {
            return wanted == null ? 1 : -1;
        }
        return wanted.seq().compareTo(found.seq());
    }

    private @Nullable StoredDocument within(@Nullable StoredDocument document) {
        return document == null || document.seq().compareTo(horizon) > 0 ? null : document;
    }

    /**
     * What makes one node as another.
     *
     * @param lacking documents that the target has to get
     * @param extraIds documents that it has to lose
     */
    public record Mending(List<StoredDocument> lacking, List<String> extraIds) {
        /** True if they are the same. */
        public boolean isNothing() {
            return lacking.isEmpty() && extraIds.isEmpty();
        }
    }

    /** Compares what two nodes at rest have of some documents. */
    public static Mending of(
            List<StoredDocument> source, List<StoredDocument> target, String primaryKey) {
        Map<String, StoredDocument> found = new HashMap<>();
        target.forEach(document -> found.put(document.id(primaryKey), document));
        List<StoredDocument> lacking = new ArrayList<>();
        for (StoredDocument wanted : source) {
            StoredDocument there = found.remove(wanted.id(primaryKey));
            if (there == null || !wanted.same(there)) {
                lacking.add(wanted);
            }
        }
        return new Mending(List.copyOf(lacking), found.keySet().stream().sorted().toList());
    }
}
