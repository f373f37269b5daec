package io.miroir.store.index;

import io.miroir.proto.store.NodesStanding;
import io.miroir.sqlite.Cursor;
import io.miroir.sqlite.Sql;
import io.miroir.store.engine.Stored;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the catalogue. */
final class IndexReads {
    private static final String SELECT =
            "SELECT uid, incarnation, primary_key, shards, settings_json, settings_version,"
                    + " unsettled, frozen, created_at, updated_at FROM indexes";

    private IndexReads() {}

    static Optional<IndexRow> get(Sql sql, String uid) {
        return sql.first(SELECT + " WHERE uid = ?", IndexReads::row, uid);
    }

    static Optional<IndexRow> get(Sql sql, long incarnation) {
        return sql.first(SELECT + " WHERE incarnation = ?", IndexReads::row, incarnation);
    }

    static List<IndexRow> list(Sql sql) {
        return sql.all(SELECT + " ORDER BY uid", IndexReads::row);
    }

    private static IndexRow row(Cursor row) {
        long incarnation = row.number(2);
        return new IndexRow(
                row.text(1),
                incarnation,
                IndexRow.physicalUid(incarnation),
                row.textOrNull(3),
                row.integer(4),
                row.text(5),
                row.number(6),
                standing(Stored.parse(NodesStanding.parser(), row.blob(7)), row.textOrNull(8)),
                row.number(9),
                row.number(10));
    }

    private static IndexRow.Standing standing(NodesStanding nodes, @Nullable String frozen) {
        return new IndexRow.Standing(
                nodes.getUnsettledList(),
                nodes.hasLeadingGroup() ? nodes.getLeadingGroup() : null,
                frozen);
    }
}
