package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.NumberColumn;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.StringColumn;
import java.util.HashSet;
import java.util.Set;

/** Remembers the values of a field that were shown. A document without a value is like no other. */
public final class Distinct {
    private final NumberColumn numbers;
    private final StringColumn strings;
    private final Set<Double> seenNumbers = new HashSet<>();
    private final Set<Integer> seenGroups = new HashSet<>();

    /** Nothing shown yet. */
    public Distinct(Snapshot snapshot, String field) {
        this.numbers = snapshot.facets().numbers(field);
        this.strings = snapshot.facets().strings(field);
    }

    /** Whether a value of the document was shown. */
    public boolean isSeen(int doc) {
        for (int i = 0; i < numbers.count(doc); i++) {
            if (seenNumbers.contains(numbers.value(doc, i))) {
                return true;
            }
        }
        for (int i = 0; i < strings.count(doc); i++) {
            if (seenGroups.contains(strings.group(strings.ordinal(doc, i)))) {
                return true;
            }
        }
        return false;
    }

    /** Remembers the values of a document that is shown. */
    public void see(int doc) {
        for (int i = 0; i < numbers.count(doc); i++) {
            seenNumbers.add(numbers.value(doc, i));
        }
        for (int i = 0; i < strings.count(doc); i++) {
            seenGroups.add(strings.group(strings.ordinal(doc, i)));
        }
    }
}
