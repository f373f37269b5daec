package io.miroir.bench.gate;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rows so far: those of an earlier run that are kept, and those of this one. */
final class Results {
    private final List<String> order;
    private final Map<String, Row> rows = new HashMap<>();

    /**
     * @param order of all ids that there are
     * @param kept of an earlier run
     */
    Results(List<String> order, List<Row> kept) {
        this.order = List.copyOf(order);
        kept.forEach(this::add);
    }

    /** What was measured once is not lost because it fails the next time. */
    void add(Row row) {
        rows.merge(row.id(), row, (old, now) -> now.verdict() == Verdict.ABSENT ? old : now);
    }

    /** Whether nothing of these is left to measure. */
    boolean have(Collection<String> ids) {
        return rows(ids).stream().filter(row -> row.verdict() != Verdict.ABSENT).count()
                == ids.size();
    }

    /** Those of these ids that there are. */
    List<Row> rows(Collection<String> ids) {
        return ids.stream().map(rows::get).filter(Objects::nonNull).toList();
    }

    /** All, in the order in which a whole run prints them; what is no row any more is left out. */
    List<Row> all() {
        return rows(order);
    }
}
