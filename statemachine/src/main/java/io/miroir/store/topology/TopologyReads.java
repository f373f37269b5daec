package io.miroir.store.topology;

import io.miroir.sqlite.Sql;
import java.util.Optional;

/** Reads the topology. */
final class TopologyReads {
    private TopologyReads() {}

    static Optional<TopologyRow> get(Sql sql) {
        return sql.first(
                "SELECT version, json, updated_at FROM topology WHERE id = 1",
                row -> new TopologyRow(row.number(1), row.text(2), row.number(3)));
    }
}
