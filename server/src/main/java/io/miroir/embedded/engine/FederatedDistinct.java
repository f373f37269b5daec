package io.miroir.embedded.engine;

import io.miroir.embedded.engine.store.NumberColumn;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.StringColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps one hit for each value of a field, over all indexes. */
final class FederatedDistinct {
    private final @Nullable String field;
    private long dropped;

    FederatedDistinct(@Nullable String field) {
        this.field = field;
    }

    /** The values of a document that no later hit may have. */
    Set<Object> values(Snapshot snapshot, int doc) {
        if (field == null) {
            return Set.of();
        }
        Set<Object> own = new HashSet<>();
        NumberColumn numbers = snapshot.facets().numbers(field);
        for (int i = 0; i < numbers.count(doc); i++) {
            own.add(numbers.value(doc, i));
        }
        StringColumn strings = snapshot.facets().strings(field);
        if (strings.count(doc) > 0) {
            StringColumn.Reader reader = strings.reader();
            for (int i = 0; i < strings.count(doc); i++) {
                own.add(reader.normalized(strings.ordinal(doc, i)));
            }
        }
        return own;
    }

    /** The hits without those of which a value stood before. */
    List<FederatedSearch.Candidate> filter(List<FederatedSearch.Candidate> hits) {
        dropped = 0;
        if (field == null) {
            return hits;
        }
        Set<Object> seen = new HashSet<>();
        List<FederatedSearch.Candidate> kept = new ArrayList<>();
        for (FederatedSearch.Candidate hit : hits) {
            if (hit.values().stream().anyMatch(seen::contains)) {
                dropped++;
            } else {
                seen.addAll(hit.values());
                kept.add(hit);
            }
        }
        return kept;
    }

    /** Hits that the last call of {@link #filter} left out. */
    long droppedLast() {
        return dropped;
    }
}
